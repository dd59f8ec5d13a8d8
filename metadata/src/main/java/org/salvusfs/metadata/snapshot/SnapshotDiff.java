package org.salvusfs.metadata.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.snapshot.FileChange.Kind;
import org.salvusfs.metadata.tree.Tree;

/**
 * What changed between two trees of a project, file by file.
 *
 * <p>Time and memory follow what differs: subtrees that both trees share are not read. One thing
 * does not: a file whose contents changed in place has no entry among what differs, and only
 * entries tell its name. If there are such files, and names are wanted for them, all entries of the
 * later tree are read once, until the last of them is found.
 *
 * <p>Thread-safe; both roots' nodes must stay in the store meanwhile.
 */
public final class SnapshotDiff {
  /** Which names are looked for. */
  public enum NamesWanted {
    /** Those that cost no more than the difference. */
    OF_WHAT_MOVED,
    /**
     * All: also of what changed in place, by reading the directory that it is in. Every entry is
     * read only for files that lost the name that they got last, or got it from an earlier version.
     */
    ALL
  }

  private final Tree tree;

  /**
   * @param tree the project's
   */
  public SnapshotDiff(Tree tree) {
    this.tree = tree;
  }

  /** The changes from one tree to the other, by path; those without one at the end, by inode. */
  public List<FileChange> between(BlockId before, BlockId after, NamesWanted wanted)
      throws MetadataException {
    var drafts = new TreeMap<Long, Draft>();
    tree.diff(before, after, (key, old, now) -> note(drafts, key, old, now));
    var earlier = new Names(tree.view(before));
    var later = new Names(tree.view(after));
    var nameless = new HashMap<Long, InodeItem>();
    for (Draft draft : drafts.values()) {
      complete(draft, before);
      draft.lost.stream().findFirst().ifPresent(place -> earlier.know(draft.inode, place));
      draft.gained.stream().findFirst().ifPresent(place -> later.know(draft.inode, place));
      InodeItem item = draft.after;
      if (item != null && draft.kind() == Kind.CHANGED && item.nlink() > 0 && !item.isDirectory()) {
        nameless.put(draft.inode, item);
      }
    }
    if (wanted == NamesWanted.ALL) {
      later.search(nameless);
    }
    var changes = new ArrayList<FileChange>();
    for (Draft draft : drafts.values()) {
      Kind kind = draft.kind();
      if (kind != null) {
        changes.add(change(draft, kind, earlier, later));
      }
    }
    changes.sort(
        Comparator.comparing(
                FileChange::path, Comparator.nullsLast(Comparator.<String>naturalOrder()))
            .thenComparingLong(FileChange::inode));
    return changes;
  }

  private static void note(
      Map<Long, Draft> drafts, Key key, byte @Nullable [] old, byte @Nullable [] now)
      throws MetadataException.Corrupt {
    if (key.inode() == 0) {
      return;
    }
    switch (key.kind()) {
      case Keys.DIRENT -> {
        if (old != null) {
          draft(drafts, DirentItem.decode(old).inode()).lost.add(Names.place(key));
        }
        if (now != null) {
          draft(drafts, DirentItem.decode(now).inode()).gained.add(Names.place(key));
        }
      }
      case Keys.INODE -> {
        Draft draft = draft(drafts, key.inode());
        draft.before = old == null ? null : InodeItem.decode(old);
        draft.after = now == null ? null : InodeItem.decode(now);
        draft.isInodeKnown = true;
      }
      default -> {
        Draft draft = draft(drafts, key.inode());
        draft.isMoreThanInode = true;
        draft.bytesWritten += bytesWritten(key, old, now);
      }
    }
  }

  private static Draft draft(Map<Long, Draft> drafts, long inode) {
    return drafts.computeIfAbsent(inode, Draft::new);
  }

  private static long bytesWritten(Key key, byte @Nullable [] old, byte @Nullable [] now)
      throws MetadataException.Corrupt {
    if (now == null || key.kind() == Keys.XATTR) {
      return 0;
    }
    if (key.kind() != Keys.EXTENT) {
      return now.length;
    }
    ExtentItem extent = ExtentItem.decode(now);
    boolean isSame = old != null && ExtentItem.decode(old).chunk().equals(extent.chunk());
    return isSame ? 0 : extent.lengthBytes();
  }

  /** An INODE item that is not among what differs is the same in both trees. */
  private void complete(Draft draft, BlockId root) throws MetadataException {
    if (!draft.isInodeKnown) {
      byte[] value = tree.get(root, Keys.inode(draft.inode));
      draft.before = value == null ? null : InodeItem.decode(value);
      draft.after = draft.before;
      draft.isInodeKnown = true;
    }
  }

  private static FileChange change(Draft draft, Kind kind, Names earlier, Names later)
      throws MetadataException {
    InodeItem before = kind == Kind.ADDED ? null : draft.before;
    InodeItem after = kind == Kind.REMOVED ? null : draft.after;
    InodeItem either = after != null ? after : before;
    return new FileChange(
        kind,
        draft.inode,
        either == null ? 0 : either.mode(),
        before == null || kind == Kind.CHANGED ? null : earlier.path(draft.inode),
        after == null ? null : later.path(draft.inode),
        before == null ? 0 : before.sizeBytes(),
        after == null ? 0 : after.sizeBytes(),
        kind == Kind.REMOVED ? 0 : draft.bytesWritten);
  }
}
