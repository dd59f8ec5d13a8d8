/** Chunks over a store. */
@NullMarked
package org.salvusfs.blockstore.cache;

import org.jspecify.annotations.NullMarked;
