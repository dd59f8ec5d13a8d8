/**
 * Files of this machine, with what {@code java.nio.file} does not tell of them: names as bytes,
 * every extended attribute, holes, device numbers. For what takes files from outside into a
 * project; nothing here changes a file.
 *
 * <p>Linux on 64 bits, through glibc. Stateless and thread-safe, but for {@link
 * org.salvusfs.daemon.posix.LocalFile}, which one thread uses at a time.
 */
@NullMarked
package org.salvusfs.daemon.posix;

import org.jspecify.annotations.NullMarked;
