/**
 * Contents of regular files between the VFS and the tree.
 *
 * <p>The tree keeps contents as INLINE and EXTENT items that only commits write. Above it every
 * file has a {@link org.salvusfs.daemon.data.Layer layer} of changes for each txg that is not
 * committed yet: intervals of bytes in memory, of stored chunks, and of holes, and the cut, the
 * least size the file had. The newest layer that knows a byte decides.
 *
 * <p>One road in, three roads out: {@link org.salvusfs.daemon.data.Editor} changes the layer of the
 * open txg; {@link org.salvusfs.daemon.data.Reader} reads through all layers down to the tree;
 * {@link org.salvusfs.daemon.data.WriteOut} turns the layers of a closed txg into items; {@link
 * org.salvusfs.daemon.data.Capturer} turns what a file changed since its last fsync into a payload
 * for the intent log. {@link org.salvusfs.daemon.data.StoreAhead} makes chunks of what streams into
 * large files while the txg is open, so that these roads are short.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>A layer of a closed txg is frozen: its contents never change, so the committer reads it
 *       without a lock and may repeat itself.
 *   <li>No interval and no extent reaches beyond the file's size of its txg. What was cut off never
 *       comes back: a later extension reads as zeros.
 *   <li>Readers take the layers first and then scan the live view, with one scan; a commit makes
 *       the items visible first and then drops the layers. So no byte is missed, and what is seen
 *       twice is the same.
 *   <li>An operation does all its reading before the first change of a layer, and the changes that
 *       an operation makes to one layer are one step under the file's lock: a capture is a state of
 *       one moment, size included.
 *   <li>{@code allocatedBytes} is exact at every moment: the bytes in no hole. Contents that are
 *       kept INLINE have no hole.
 *   <li>An array of dirty bytes has one owner, the interval. It is written in place unless a
 *       capture has pinned it.
 * </ul>
 *
 * <p>Threads: operations and captures run on their callers' threads, a commit on the committer;
 * both share tasks with the workers that the wiring hands in, through {@link
 * org.salvusfs.daemon.crew.Crew}, whose tasks never wait for each other. Read-ahead and store-ahead
 * run on the workers alone.
 *
 * <p>Locks, in order: the inode's lock (the VFS's), a held txg, a file's monitor ({@link
 * org.salvusfs.daemon.data.DirtyFile}). The monitors are leaves: no I/O, no other lock under them.
 *
 * <p>Failure: an operation that fails changed nothing; a write-out or capture that fails has stored
 * at most some chunks, and is repeated by its caller.
 *
 * @see "docs/formats/capture-v1.md"
 */
@NullMarked
package org.salvusfs.daemon.data;

import org.jspecify.annotations.NullMarked;
