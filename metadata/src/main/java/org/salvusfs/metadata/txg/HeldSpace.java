package org.salvusfs.metadata.txg;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotSpace;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.tree.Tree;

/**
 * Knows what the snapshots of one open project hold. Every item is in the members of a {@link
 * Family} that are connected, so what is in any of them is the sum over all members of what each
 * has, without what it shares with its parent; and what only snapshots hold is that without the
 * live tree. The differences are kept in the snapshots' rows, where a crash leaves them right or
 * missing, but never wrong, because they name the neighbours that they are about. That of the live
 * tree is kept here, and moved on from commit to commit by what these changed.
 *
 * <p>Used under the lock of {@link Snapshots}, with all nodes pinned.
 */
final class HeldSpace {
  private final Tree tree;
  private final SnapshotStore store;
  private final Fence fence;

  /** The live tree as it was counted last. */
  private record Tracked(BlockId root, SnapshotSpace space) {}

  private @Nullable Tracked tracked;

  HeldSpace(Tree tree, SnapshotStore store, Fence fence) {
    this.tree = tree;
    this.store = store;
    this.fence = fence;
  }

  /**
   * The space of the live tree as that of a snapshot which is about to be made of it; null if
   * counting would take long, or fails: it is counted later then.
   */
  @Nullable SnapshotSpace ofLive(Family family, BlockId root) {
    try {
      var parents = family.parents();
      Optional<Snapshot> parent = parents.getLast();
      Optional<Snapshot> grandparent = parent.flatMap(each -> parentOf(each, family, parents));
      Tracked last = tracked;
      boolean isKnown = last != null && last.space().isOf(txg(grandparent), txg(parent));
      return parent.isEmpty() || isKnown ? live(grandparent, parent, root) : null;
    } catch (MetadataException e) {
      return null;
    }
  }

  /** A snapshot was made of the live tree: nothing has changed since. */
  void made(Snapshot snapshot) {
    SnapshotSpace space = snapshot.space();
    tracked =
        space == null
            ? null
            : new Tracked(
                snapshot.root(), new SnapshotSpace(space.parentTxg(), snapshot.txg(), 0, 0, 0));
  }

  /**
   * What all snapshots hold. Counts what is not known, and keeps it.
   *
   * @param root the live tree's
   */
  SnapshotUse use(Family family, BlockId root) throws MetadataException {
    List<Snapshot> members = family.members();
    List<Optional<Snapshot>> parents = family.parents();
    var counted = new HashMap<Instant, SnapshotSpace>();
    var spaces = new ArrayList<SnapshotSpace>();
    for (int i = 0; i < members.size(); i++) {
      Snapshot member = members.get(i);
      Optional<Snapshot> parent = parents.get(i);
      Optional<Snapshot> grandparent = parent.flatMap(each -> parentOf(each, family, parents));
      SnapshotSpace known = member.space();
      if (known == null || !known.isOf(txg(grandparent), txg(parent))) {
        known = count(grandparent, parent, member.root());
        counted.put(member.created(), known);
      }
      spaces.add(known);
    }
    if (!counted.isEmpty()) {
      store.count(fence, counted);
    }
    Optional<Snapshot> parent = parents.getLast();
    spaces.add(live(parent.flatMap(each -> parentOf(each, family, parents)), parent, root));
    return sum(members, parents, spaces);
  }

  private SnapshotSpace live(
      Optional<Snapshot> grandparent, Optional<Snapshot> parent, BlockId root)
      throws MetadataException {
    Tracked last = tracked;
    SnapshotSpace space;
    if (last != null && parent.isPresent() && last.space().isOf(txg(grandparent), txg(parent))) {
      space = moved(grandparent, parent.get(), last, root);
    } else {
      space = count(grandparent, parent, root);
    }
    tracked = new Tracked(root, space);
    return space;
  }

  /** What the live tree was when it was counted last may be gone, when that was long ago. */
  private SnapshotSpace moved(
      Optional<Snapshot> grandparent, Snapshot parent, Tracked last, BlockId root)
      throws MetadataException {
    try {
      return diff(grandparent, parent).moved(last.space(), last.root(), root);
    } catch (MetadataException.Missing gone) {
      return diff(grandparent, parent).of(root);
    }
  }

  private SnapshotSpace count(
      Optional<Snapshot> grandparent, Optional<Snapshot> parent, BlockId root)
      throws MetadataException {
    return parent.isEmpty()
        ? new SnapshotSpace(SnapshotSpace.NOBODY, SnapshotSpace.NOBODY, 0, 0, 0)
        : diff(grandparent, parent.get()).of(root);
  }

  private SpaceDiff diff(Optional<Snapshot> grandparent, Snapshot parent) {
    return new SpaceDiff(
        tree,
        grandparent.map(Snapshot::root).orElse(null),
        parent.root(),
        new SnapshotSpace(txg(grandparent), parent.txg(), 0, 0, 0));
  }

  private static SnapshotUse sum(
      List<Snapshot> members, List<Optional<Snapshot>> parents, List<SnapshotSpace> spaces) {
    int live = members.size();
    long[] weights = new long[live];
    int[] children = new int[live];
    int[] onlyChild = new int[live];
    for (int i = 0; i <= live; i++) {
      int parent = parents.get(i).map(members::indexOf).orElse(-1);
      if (parent >= 0) {
        children[parent]++;
        onlyChild[parent] = i;
      }
      if (i < live) {
        SnapshotSpace space = spaces.get(i);
        // The root of a family that is connected cancels out, so its own weight need not be exact.
        weights[i] =
            parent < 0
                ? members.get(i).bytes()
                : weights[parent] - space.releasedBytes() + space.addedBytes();
      }
    }
    long held = spaces.stream().mapToLong(SnapshotSpace::releasedBytes).sum();
    var each = new ArrayList<SnapshotUse.OfOne>();
    for (int i = 0; i < live; i++) {
      held += weights[i] * (1 - children[i]);
      Snapshot member = members.get(i);
      if (!member.isDeleting()) {
        long alone =
            switch (children[i]) {
              case 0 -> parents.get(i).isEmpty() ? weights[i] : spaces.get(i).addedBytes();
              case 1 -> spaces.get(onlyChild[i]).aloneBytes();
              default -> 0;
            };
        each.add(new SnapshotUse.OfOne(member, member.clones().isEmpty() ? alone : 0));
      }
    }
    return new SnapshotUse(held, each);
  }

  private static Optional<Snapshot> parentOf(
      Snapshot member, Family family, List<Optional<Snapshot>> parents) {
    return parents.get(family.members().indexOf(member));
  }

  private static long txg(Optional<Snapshot> snapshot) {
    return snapshot.map(Snapshot::txg).orElse(SnapshotSpace.NOBODY);
  }
}
