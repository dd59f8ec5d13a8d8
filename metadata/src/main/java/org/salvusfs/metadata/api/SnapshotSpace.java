package org.salvusfs.metadata.api;

/**
 * What a tree differs from its parent by: from the latest snapshot in its past. In logical bytes:
 * of extents, and of contents that are kept inline, as they stand in the items. Both trees never
 * change, so neither do the numbers; they are of use as long as these are the tree's parent and
 * grandparent.
 *
 * @param grandparentTxg the parent's parent; {@link #NOBODY} if it has none
 * @param parentTxg {@link #NOBODY} if there is none; then the bytes are all 0
 * @param releasedBytes what the parent has and the tree has not
 * @param addedBytes what the tree has and the parent has not
 * @param aloneBytes of the released what the grandparent has not either: if the parent has no other
 *     child, nobody else has it
 * @see "docs/decisions/016-space-of-snapshots-is-a-sum-over-neighbours.md"
 */
public record SnapshotSpace(
    long grandparentTxg, long parentTxg, long releasedBytes, long addedBytes, long aloneBytes) {
  /** Stands for no snapshot. */
  public static final long NOBODY = -1;

  /** Whether the numbers are about these neighbours. */
  public boolean isOf(long grandparent, long parent) {
    return grandparentTxg == grandparent && parentTxg == parent;
  }
}
