/**
 * Plaintext chunks in memory, and the service that puts chunker, codec, cache and store together.
 *
 * <p>Everything runs on the caller's thread. When several threads miss the same chunk, one loads it
 * and the others wait for it. {@code SlabCache} says how plaintexts are kept.
 */
@NullMarked
package org.salvusfs.blockstore.cache;

import org.jspecify.annotations.NullMarked;
