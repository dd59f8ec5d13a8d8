package org.salvusfs.metadata.txg;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.SnapshotSpace;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Tree;

/**
 * Weighs what trees of a project differ by. The numbers of {@link SnapshotSpace} are sums over
 * keys, of something that depends on what the three trees have at that key alone; so if a tree
 * becomes another one, only the keys at which the two differ are looked at.
 *
 * @param grandparent the parent's parent; null if it has none
 * @param neighbours txgs of both, all other numbers are 0
 */
record SpaceDiff(
    Tree tree, @Nullable BlockId grandparent, BlockId parent, SnapshotSpace neighbours) {
  /** The space of a tree. Costs what it differs from its parent by. */
  SnapshotSpace of(BlockId root) throws MetadataException {
    return moved(neighbours, parent, root);
  }

  /**
   * The space of a tree, given that of another one. Costs what these two differ by.
   *
   * @throws MetadataException.Missing if a node of one of the trees is not there any more
   */
  SnapshotSpace moved(SnapshotSpace counted, BlockId from, BlockId to) throws MetadataException {
    var sum = new Sum(counted);
    tree.diff(
        from,
        to,
        (key, before, after) -> {
          if (isData(key)) {
            byte[] had = from.equals(parent) ? before : tree.get(parent, key);
            boolean differed = !Arrays.equals(had, before);
            boolean differs = !Arrays.equals(had, after);
            sum.add(weight(key, differs ? after : null) - weight(key, differed ? before : null));
            if (had != null && differed != differs) {
              sum.release(weight(key, had), isNew(key, had), differs);
            }
          }
        });
    return sum.space();
  }

  /** Whether the grandparent has not got what the parent has. */
  private boolean isNew(Key key, byte[] had) throws MetadataException {
    return grandparent == null || !Arrays.equals(tree.get(grandparent, key), had);
  }

  private static boolean isData(Key key) {
    return key.inode() != 0 && (key.kind() == Keys.EXTENT || key.kind() == Keys.INLINE);
  }

  private static long weight(Key key, byte @Nullable [] value) throws MetadataException.Corrupt {
    if (value == null) {
      return 0;
    }
    return key.kind() == Keys.EXTENT ? ExtentItem.decode(value).lengthBytes() : value.length;
  }

  private static final class Sum {
    private final SnapshotSpace begin;
    private long released;
    private long added;
    private long alone;

    Sum(SnapshotSpace begin) {
      this.begin = begin;
    }

    /** What the parent has not got. */
    void add(long bytes) {
      added += bytes;
    }

    /** What the parent has is gone now, or is back. */
    void release(long bytes, boolean isNew, boolean isGone) {
      long signed = isGone ? bytes : -bytes;
      released += signed;
      alone += isNew ? signed : 0;
    }

    SnapshotSpace space() {
      return new SnapshotSpace(
          begin.grandparentTxg(),
          begin.parentTxg(),
          begin.releasedBytes() + released,
          begin.addedBytes() + added,
          begin.aloneBytes() + alone);
    }
  }
}
