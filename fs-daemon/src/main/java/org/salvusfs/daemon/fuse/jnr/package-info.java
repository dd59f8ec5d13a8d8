/**
 * The binding on jnr-fuse and libfuse2: turns libfuse2's operations on paths into calls of {@link
 * org.salvusfs.daemon.fs.FileSystem}, which works by inode. The only place where jnr is used.
 *
 * <pre>
 *  kernel --read(2)--> Readers --> libfuse2 --> OperationTable --> *Callbacks --> FileSystem
 *         <-write(2)--             libfuse2 <-- -errno, bytes <-- Answers
 * </pre>
 *
 * <p><b>What is taken from jnr-fuse, and what is not.</b> Its layouts of C's structures and its
 * loading of libfuse2. Not its callbacks, for they hand over paths as {@code String}s, which loses
 * names that are no UTF-8; not its flags of {@code fuse_operations}, for without {@code
 * utime_omit_ok} libfuse2 drops every change of a single timestamp, and without {@code nopath} it
 * makes paths that nobody reads; not its {@code fuse_main}, which starts native threads that jffi
 * attaches to the JVM for each call, and leaves a shutdown hook that unmounts whatever is on the
 * directory by then. Paths here are Strings of one char per byte (ISO 8859-1).
 *
 * <p><b>Lookups.</b> libfuse2 keeps the kernel's lookups to itself and names everything by path. So
 * each callback looks its path up ({@code PathNodes}) and gives the lookup back at its end, except
 * that directories on the way are remembered, a bounded number of them, and that an open file keeps
 * its node until it is closed ({@code Handles}). libfuse2 locks paths: as long as a callback works
 * on one, nobody renames or removes a directory above it, so a remembered directory stays right.
 *
 * <p><b>Unlinked and open.</b> libfuse2 renames a file that is open to {@code .fuse_hidden…}
 * instead of unlinking it, and unlinks that at the last close. Here that name never reaches the
 * filesystem: {@code HiddenFiles} remembers which node it stands for, the real name is unlinked at
 * once, and a rename over an open file stays one atomic rename. The alternative, {@code -o
 * hard_remove}, would leave open files without a path, and fstat(2), which the kernel sends without
 * a handle, would fail on them.
 *
 * <p><b>Threads.</b> {@code JnrServer.mount} mounts on the caller's thread; {@code Readers} read
 * and perform requests, each with a buffer of libfuse2's of 132 KiB. There is always one more than
 * are busy, up to a limit. The last to end calls {@code FileSystem.destroy()}. No lock is held
 * while the filesystem is called.
 *
 * <p><b>Failure.</b> A refusal ({@code FsException}) becomes its errno. Anything else that is
 * thrown is a defect: EIO, one stack trace, a call of the listener; nothing leaves a callback.
 *
 * <p><b>What libfuse2 (protocol 7.19) cannot express</b>, in the words of the contract tests:
 *
 * <ul>
 *   <li>RENAME_FLAGS: RENAME_NOREPLACE and RENAME_EXCHANGE fail with EINVAL;
 *   <li>SEEK_HOLES: SEEK_DATA and SEEK_HOLE take every file for one without holes;
 *   <li>BIRTH_TIME: statx shows none.
 * </ul>
 *
 * <p>Besides: copy_file_range copies bytes instead of sharing chunks, O_TMPFILE and POSIX ACLs are
 * not supported, requests are at most 128 KiB, there is no readdirplus and no writeback cache. The
 * names of a file with several are different inodes to the kernel, although stat shows one number:
 * what is written through one name is seen through another that is open already only after it is
 * opened again, and neither locks nor inotify reach from one to the other. For the same reason
 * attributes are asked for each time. A file that was unlinked while open loses fstat, not read and
 * write, when its directory is removed too. The kernel cannot be told to forget anything; it keeps
 * names for a second and drops a file's pages when it is opened.
 */
@NullMarked
package org.salvusfs.daemon.fuse.jnr;

import org.jspecify.annotations.NullMarked;
