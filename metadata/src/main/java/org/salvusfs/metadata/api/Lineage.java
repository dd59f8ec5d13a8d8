package org.salvusfs.metadata.api;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which commits of its project a tree descends from. Without a rollback these are all of them up to
 * its own. A rollback leaves a branch behind: the commits between the snapshot and the rollback.
 *
 * <p>So a tree's past is a row of ranges of txgs, each of them from a rollback (the first: from the
 * beginning) to the snapshot that the next rollback went to (the last: to the tree's own txg). A
 * snapshot is an ancestor of a tree exactly if its txg lies in one of them. Immutable.
 *
 * @param forks by rising txg
 */
public record Lineage(List<Fork> forks) {
  /** The lineage of a project that was never rolled back. */
  public static final Lineage STRAIGHT = new Lineage(List.of());

  /**
   * One rollback.
   *
   * @param from txg of the snapshot that it went to; -1 if what lies before is forgotten
   * @param txg its commit, the first one of a new branch
   */
  public record Fork(long from, long txg) {}

  public Lineage {
    forks = List.copyOf(forks);
    for (int i = 0; i < forks.size(); i++) {
      Fork fork = forks.get(i);
      if (fork.from >= fork.txg || (i > 0 && fork.from < forks.get(i - 1).txg)) {
        throw new IllegalArgumentException("forks do not ascend: " + forks);
      }
    }
  }

  /** Whether commit {@code txg} is an ancestor of the tree that {@code ownTxg} committed. */
  public boolean descendsFrom(long txg, long ownTxg) {
    if (txg > ownTxg) {
      return false;
    }
    for (Fork fork : forks) {
      if (txg > fork.from && txg < fork.txg) {
        return false;
      }
    }
    return true;
  }

  /**
   * The lineage after a rollback of a tree to one of its project's snapshots, whose lineage this
   * is. Ranges that hold no snapshot any more are forgotten, so that there are never more forks
   * than snapshots.
   *
   * @param holdsSnapshot whether there is a snapshot with {@code from <= txg <= to}
   */
  public Lineage rolledBack(long from, long txg, Predicate<Range> holdsSnapshot) {
    var all = new ArrayList<>(forks);
    all.add(new Fork(from, txg));
    var kept = new ArrayList<Fork>();
    long begin = 0;
    long lastKept = -1;
    for (Fork fork : all) {
      if (begin <= fork.from && holdsSnapshot.test(new Range(begin, fork.from))) {
        if (begin > 0) {
          kept.add(new Fork(lastKept, begin));
        }
        lastKept = fork.from;
      }
      begin = fork.txg;
    }
    kept.add(new Fork(lastKept, txg));
    return new Lineage(kept);
  }

  /**
   * Commits of one branch.
   *
   * @param from the first
   * @param to the last
   */
  public record Range(long from, long to) {}
}
