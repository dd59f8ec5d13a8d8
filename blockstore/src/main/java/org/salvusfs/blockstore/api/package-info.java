/**
 * What other modules may use of the block store: ids, keys, the codec, and the two stores.
 *
 * <p>A {@link org.salvusfs.blockstore.api.ChunkStore} keeps sealed bytes under an id and knows
 * nothing of their contents; {@link org.salvusfs.blockstore.api.Chunks} stands on top of it and
 * turns plaintext into ids and back. Everything here may be called from any thread.
 */
@NullMarked
package org.salvusfs.blockstore.api;

import org.jspecify.annotations.NullMarked;
