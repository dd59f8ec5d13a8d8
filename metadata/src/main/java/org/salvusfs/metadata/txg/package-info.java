/**
 * Transaction groups: the overlay of changes above the committed tree, the intent log that makes
 * fsync durable between commits, and recovery. {@link org.salvusfs.metadata.txg.Transactions} holds
 * the idea.
 *
 * <p>Threads: callers' threads run operations and, for a group of them, the log append; one
 * committer thread per open project, handed in by the wiring, runs commits. Lock order: inode locks
 * of the VFS, then a held txg, then the journal's lock, then a file's lock in {@link
 * org.salvusfs.metadata.txg.Contents}.
 */
@NullMarked
package org.salvusfs.metadata.txg;

import org.jspecify.annotations.NullMarked;
