/**
 * The FUSE binding: speaks the protocol of /dev/fuse directly and turns the kernel's requests into
 * calls of {@link org.salvusfs.daemon.fs.FileSystem}. The only place where java.lang.foreign is
 * used.
 *
 * <pre>
 *  kernel --read(2)--> Worker: Request --> Dispatcher --> *Operations --> FileSystem
 *         <-write(2)-- Worker: Reply   <--
 * </pre>
 *
 * <p><b>Threads.</b> {@link org.salvusfs.daemon.fuse.kernel.FuseServer#mount} negotiates on the
 * caller's thread, then starts one thread that keeps the others ({@code WorkerPool}) and as many
 * workers as asked for. A worker reads a request, performs it and writes the reply, with buffers of
 * its own; nothing is handed between threads. When operations block, the pool adds workers up to a
 * limit and lets them go afterwards. The pool's thread ends last: it calls {@code
 * FileSystem.destroy()}, closes the device and lets {@code awaitEnd} return.
 *
 * <p><b>Changing hands.</b> {@link org.salvusfs.daemon.fuse.kernel.FuseServer#pause} ends the
 * workers without ending the connection: a signal takes them out of read(2) ({@code WakeUp}).
 * Another server, here or in a process that got the descriptor over a {@link
 * org.salvusfs.daemon.fuse.kernel.UnixSocket}, goes on with it.
 *
 * <p><b>Who mounts.</b> Root by mount(2); other users through fusermount3 ({@code Fusermount}).
 *
 * <p><b>Locks.</b> None is held while the filesystem is called. {@code Device} has a read-write
 * lock so that the descriptor is never used after it was closed; {@code Interrupts.Slot} one that
 * keeps an interrupt from reaching the wrong operation. No thread takes two of them.
 *
 * <p><b>Memory.</b> Each worker owns an arena with a request buffer of 1 MiB + 4 KiB and a reply
 * buffer of 1 MiB + 16, closed when it ends. Contents are read and written in these buffers without
 * a copy in between: buffers handed to the filesystem are valid only until its method returns.
 *
 * <p><b>Open files.</b> The kernel opens and closes regular files without asking, if it can: OPEN
 * and CREATE are answered ENOSYS, which also ends RELEASE; files are made with MKNOD and truncated
 * with SETATTR. So no file is open in the filesystem; an inode lives until its FORGET, and a
 * refusal at opening for other reasons than permissions is one of the first operation instead.
 * Directories are opened: their handles keep what a walk has seen.
 *
 * <p><b>Failure.</b> A refusal ({@code FsException}) becomes its errno. Anything else that is
 * thrown is a defect: EIO, one stack trace, a call of the listener; serving goes on. A malformed
 * request is EINVAL. When the kernel ends the connection, workers end, whatever else happens.
 *
 * <p><b>What is left to the kernel.</b> Permissions (default_permissions) with ACLs, POSIX and BSD
 * locks, access checks on sticky directories. Left to the filesystem: the umask (a default ACL
 * takes its place), keeping ACL and mode in step, inheriting a default ACL, inheriting the group
 * and the setgid bit from a setgid directory, and clearing setuid and setgid where a request says
 * so.
 */
@NullMarked
package org.salvusfs.daemon.fuse.kernel;

import org.jspecify.annotations.NullMarked;
