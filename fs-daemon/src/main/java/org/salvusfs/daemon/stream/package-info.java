/**
 * Snapshots on their way from one project to another, perhaps in another cluster: whole, or what
 * changed since an earlier one.
 *
 * <p>{@link org.salvusfs.daemon.stream.StreamExport} writes the items of a tree, or those that
 * differ between two, in the order of their keys, and each chunk before the first extent that needs
 * it. {@link org.salvusfs.daemon.stream.StreamReader} puts the chunks and gives the changes to
 * whoever builds a tree of them. Names of chunks and nodes are MACs under a cluster's key, and the
 * other cluster has its own: so chunks travel as what they hold, and nodes not at all.
 *
 * <h2>Invariants</h2>
 *
 * <ul>
 *   <li>The same two snapshots give the same bytes under the same key. Nothing in a stream depends
 *       on when or by whom it was written.
 *   <li>A stream is a chain of sealed frames ({@code FrameWriter}): each names the one before, the
 *       first one the head of the file, and the last one says so. What was changed, cut, moved or
 *       added is noticed at the first frame that it touches, and nothing of that frame is used.
 *   <li>Nothing is true until the last frame was read: whoever reads shows nobody what it made
 *       before.
 *   <li>Inodes without names are left out on both sides: they are gone when their last user closes
 *       them, and that would change what was received.
 * </ul>
 *
 * <p>No threads and no locks; everything is done by the caller's. Memory is bounded by a frame and
 * the names of the last 65,536 chunks, on either side.
 *
 * @see "docs/formats/stream-v1.md"
 * @see "docs/decisions/021-a-stream-carries-items-and-contents-in-a-chain-of-frames.md"
 */
@NullMarked
package org.salvusfs.daemon.stream;

import org.jspecify.annotations.NullMarked;
