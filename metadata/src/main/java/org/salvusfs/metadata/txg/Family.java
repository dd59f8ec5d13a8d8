package org.salvusfs.metadata.txg;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.Snapshot;

/**
 * A project's snapshots and its live tree, and who descends from whom. Immutable.
 *
 * @param members by rising instant, and so by rising txg
 * @param freed those whose nodes wait for deletion: members no more, but still in the store
 * @param lineage of the live tree
 * @param liveTxg the live tree's commit
 */
record Family(List<Snapshot> members, List<Snapshot> freed, Lineage lineage, long liveTxg) {
  Family {
    members = List.copyOf(members);
    freed = List.copyOf(freed);
  }

  /** A snapshot or the live tree, as the child of a snapshot. */
  sealed interface Child {
    /** The child's tree, given the live one. */
    BlockId root(BlockId live);

    record OfSnapshot(Snapshot snapshot) implements Child {
      @Override
      public BlockId root(BlockId live) {
        return snapshot.root();
      }
    }

    record Live() implements Child {
      @Override
      public BlockId root(BlockId live) {
        return live;
      }
    }
  }

  @Nullable Snapshot find(Instant created) {
    for (Snapshot member : members) {
      if (member.created().equals(created)) {
        return member;
      }
    }
    return null;
  }

  /** Whether one that may be used has the name. */
  boolean hasName(String name) {
    return members.stream().anyMatch(m -> !m.isDeleting() && m.name().equals(name));
  }

  /** {@code now}, or the first instant after all that are in the store. */
  Instant instantFrom(Instant now) {
    return all()
        .map(snapshot -> snapshot.created().plusMillis(1))
        .filter(now::isBefore)
        .max(Comparator.naturalOrder())
        .orElse(now);
  }

  /** The commit of the latest that is in the store; -1 if there is none. */
  long latestTxg() {
    return all().mapToLong(Snapshot::txg).max().orElse(-1);
  }

  private Stream<Snapshot> all() {
    return Stream.concat(members.stream(), freed.stream());
  }

  /** One that is being deleted, of which nobody made a clone, and which has at most one child. */
  @Nullable Snapshot nextToFree() {
    for (Snapshot member : members) {
      if (member.isDeleting() && member.clones().isEmpty() && children(member).size() <= 1) {
        return member;
      }
    }
    return null;
  }

  /** The family when a snapshot's nodes are on their way out. */
  Family without(Snapshot snapshot) {
    var rest = new ArrayList<>(members);
    rest.remove(snapshot);
    var gone = new ArrayList<>(freed);
    gone.add(snapshot);
    return new Family(rest, gone, lineage, liveTxg);
  }

  /**
   * The family when {@code txg} has committed a snapshot's tree again. Ranges of the past are not
   * forgotten while one of the freed lies in them: its deletion may fail and begin again.
   */
  Family rolledBack(Snapshot target, long txg) {
    Lineage after =
        target
            .lineage()
            .rolledBack(
                target.txg(),
                txg,
                range -> all().anyMatch(s -> s.txg() >= range.from() && s.txg() <= range.to()));
    return new Family(members, freed, after, txg);
  }

  /** Txgs of the snapshots that the live tree descends from. */
  List<Long> ancestorTxgs() {
    return members.stream()
        .map(Snapshot::txg)
        .filter(txg -> lineage.descendsFrom(txg, liveTxg))
        .toList();
  }

  /** The parents of the members, in their order, and at the end that of the live tree. */
  List<Optional<Snapshot>> parents() {
    var parents = new ArrayList<Optional<Snapshot>>();
    for (int i = 0; i < members.size(); i++) {
      Snapshot member = members.get(i);
      parents.add(Optional.ofNullable(latestAncestor(i, member.lineage(), member.txg())));
    }
    parents.add(Optional.ofNullable(latestAncestor(members.size(), lineage, liveTxg)));
    return parents;
  }

  /** The latest snapshot that this one descends from. */
  @Nullable Snapshot parent(Snapshot of) {
    return latestAncestor(members.indexOf(of), of.lineage(), of.txg());
  }

  /** Those whose parent this is. */
  List<Child> children(Snapshot parent) {
    var children = new ArrayList<Child>();
    for (int i = 0; i < members.size(); i++) {
      Snapshot member = members.get(i);
      if (parent.equals(latestAncestor(i, member.lineage(), member.txg()))) {
        children.add(new Child.OfSnapshot(member));
      }
    }
    if (parent.equals(latestAncestor(members.size(), lineage, liveTxg))) {
      children.add(new Child.Live());
    }
    return children;
  }

  private @Nullable Snapshot latestAncestor(int before, Lineage of, long txg) {
    for (int i = before - 1; i >= 0; i--) {
      if (of.descendsFrom(members.get(i).txg(), txg)) {
        return members.get(i);
      }
    }
    return null;
  }
}
