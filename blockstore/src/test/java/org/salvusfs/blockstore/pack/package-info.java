/** Crash sweeps, damage and concurrency over packs. */
@NullMarked
package org.salvusfs.blockstore.pack;

import org.jspecify.annotations.NullMarked;
