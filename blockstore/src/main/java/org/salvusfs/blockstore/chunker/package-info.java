/**
 * Where file contents are cut: the same bytes give the same chunks wherever they occur.
 *
 * <p>Pure computation on the caller's thread; immutable and thread-safe.
 */
@NullMarked
package org.salvusfs.blockstore.chunker;

import org.jspecify.annotations.NullMarked;
