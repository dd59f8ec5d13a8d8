/**
 * The directory in which an installation keeps everything that is its own: who it is, its key, its
 * packs, and who serves it now. One process at a time has it open, which the lock on its {@code
 * lock} file proves; others only read {@code daemon.json} and {@code control.token} in it.
 *
 * <p>Files that say something are replaced whole (write, fsync, rename, fsync of the directory), so
 * that a crash leaves the old text or the new one. Starts no threads.
 *
 * @see "docs/operations/data-directory.md"
 */
@NullMarked
package org.salvusfs.daemon.datadir;

import org.jspecify.annotations.NullMarked;
