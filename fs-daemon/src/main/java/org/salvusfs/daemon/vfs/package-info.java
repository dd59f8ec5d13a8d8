/**
 * The VFS: what operations mean. {@link org.salvusfs.daemon.vfs.ProjectFileSystem} is one project,
 * {@link org.salvusfs.daemon.vfs.MountFileSystem} puts all projects under one top directory, and
 * their snapshots into every directory ({@link org.salvusfs.daemon.vfs.SnapshotFileSystem}). What
 * only reads is the same for both ({@link org.salvusfs.daemon.vfs.Reads}).
 *
 * <p>Every operation that changes something follows one template (that of OpenZFS's {@code
 * zfs_vnops_os.c}):
 *
 * <ol>
 *   <li>wait for room, holding nothing ({@link org.salvusfs.metadata.txg.Transactions#awaitRoom});
 *   <li>lock the inodes, in ascending order ({@link org.salvusfs.daemon.vfs.InodeLocks}). Who needs
 *       the inode behind a name reads the entry first, locks both, and reads it again;
 *   <li>read the items from the live view and check everything, with the errno of ext4;
 *   <li>have the growth admitted, to the byte ({@link org.salvusfs.daemon.vfs.Admission});
 *   <li>begin the transaction, which takes that along;
 *   <li>change contents, put items; contents come first because they alone can fail;
 *   <li>apply, which lets go of the group, and unlock;
 *   <li>wait for the log if the caller asked for it (O_SYNC).
 * </ol>
 *
 * <p>Operations that only read take the shared lock where they need more than one item of a moment,
 * and none otherwise: single items change at once.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>An inode's items change only under its exclusive lock; a directory's entries count as the
 *       directory's.
 *   <li>{@code nlink} of a file is the number of its entries; of a directory 2 plus the number of
 *       its subdirectories, and 0 once it is removed.
 *   <li>A directory's {@code parent} is the directory that holds its entry. Only a rename that
 *       holds the rename lock changes it, so that under that lock the way up is stable.
 *   <li>An inode without links has an ORPHAN item as long as somebody may still use it: its lookup
 *       count is not 0. New lookups need an entry, so a count that has reached 0 stays there, and
 *       then the inode is reaped. Orphans that a crash left are reaped at the next opening.
 *   <li>Usage changes in the transaction that causes it.
 *   <li>A directory that is a link has no entries and a LINK item, which goes with its inode; the
 *       kernel is never told of its number, but of what the link shows ({@link
 *       org.salvusfs.daemon.vfs.LinkedFileSystem}).
 *   <li>The name {@code .snapshots} is never given to an entry; one from before is kept and shown.
 *   <li>A project becomes an earlier state of itself only while no operation holds a lock ({@link
 *       org.salvusfs.daemon.vfs.ProjectFileSystem#replace}).
 * </ul>
 *
 * <p>Lock order: rename lock, the gate above the inode locks, inode locks ascending, a directory
 * stream's lock, held transaction; below these only leaves (lookup counts). Threads are the
 * callers'; there are none of its own. A thread interrupted while it waits for a lock answers EINTR
 * and has changed nothing.
 *
 * <p>Permissions, the sticky bit and symlink resolution are the kernel's (default_permissions).
 * Failures of the stores become errnos in {@link org.salvusfs.daemon.vfs.Errnos} alone.
 */
@NullMarked
package org.salvusfs.daemon.vfs;

import org.jspecify.annotations.NullMarked;
