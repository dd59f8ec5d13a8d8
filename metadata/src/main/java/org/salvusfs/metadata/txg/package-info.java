/**
 * Transaction groups: the overlay of changes above the committed tree, the intent log that makes
 * fsync durable between commits, recovery, and the snapshots of an open project. {@link
 * org.salvusfs.metadata.txg.Transactions} holds the idea, {@link
 * org.salvusfs.metadata.txg.Snapshots} that of snapshots.
 *
 * <p>Threads: callers' threads run operations and, for a group of them, the log append; one
 * committer thread per open project, handed in by the wiring, runs commits. Lock order: the lock of
 * {@code Snapshots} (which waits for operations: whoever takes it holds no inode), inode locks of
 * the VFS, then a held txg, then the journal's lock, then a file's lock in {@link
 * org.salvusfs.metadata.txg.Contents}. {@link org.salvusfs.metadata.txg.DirtyBudget} is shared by
 * all open projects; who waits for it, or is woken by it, holds none of these.
 */
@NullMarked
package org.salvusfs.metadata.txg;

import org.jspecify.annotations.NullMarked;
