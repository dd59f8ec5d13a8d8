/** A disk that fails, tears and forgets, and the contract that it shares with the real one. */
@NullMarked
package org.salvusfs.blockstore.disk;

import org.jspecify.annotations.NullMarked;
