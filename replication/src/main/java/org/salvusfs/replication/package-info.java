/**
 * Placement, transport and repair of chunks between storage hosts. Holds nothing yet: with one
 * storage host a {@code org.salvusfs.blockstore.api.ChunkStore} is local.
 */
@NullMarked
package org.salvusfs.replication;

import org.jspecify.annotations.NullMarked;
