/**
 * Compression and encryption of single blocks.
 *
 * <p>Pure computation: no I/O, no threads of its own. {@link
 * org.salvusfs.blockstore.codec.SealingCodec}, which is of one key domain, is thread-safe; the
 * crypto objects it reuses live in {@code Worker}s, each used by one call at a time.
 *
 * @see "docs/formats/block-v1.md"
 */
@NullMarked
package org.salvusfs.blockstore.codec;

import org.jspecify.annotations.NullMarked;
