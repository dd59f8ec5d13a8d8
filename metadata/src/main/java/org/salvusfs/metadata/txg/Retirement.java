package org.salvusfs.metadata.txg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.tree.Replaced;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes tree nodes that nothing refers to any more, after a grace in which a reader may still
 * walk an old tree, and never while somebody has pinned a root. What is left when the process dies
 * stays in the store as garbage: a replaced node is never referred to again.
 *
 * <p>A node that was born in txg b and replaced in txg r was in every tree of the project's past
 * from b to before r, and in no other. So it belongs to a snapshot exactly if there is one that the
 * live tree descends from and whose txg t has {@code b <= t < r}; then it is not deleted here, but
 * when the snapshot is ({@link Snapshots}).
 */
final class Retirement {
  private static final Logger log = LoggerFactory.getLogger(Retirement.class);

  /** What waits since a moment. */
  private sealed interface Batch {
    long sinceNanos();
  }

  /** What one commit replaced. */
  private record OfCommit(long sinceNanos, long txg, List<Replaced> nodes) implements Batch {}

  /**
   * What is no snapshot's any more.
   *
   * @param levels to be deleted one after the other
   * @param deleted called when that is done, without a lock
   */
  private record OfSnapshot(long sinceNanos, List<List<BlockId>> levels, Runnable deleted)
      implements Batch {}

  private final NodeStore store;
  private final LongSupplier nanoClock;
  private final long graceNanos;

  /** Guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Deque<Batch> waiting = new ArrayDeque<>();
  private NavigableSet<Long> snapshots = new TreeSet<>();
  private int pins;

  Retirement(NodeStore store, LongSupplier nanoClock, long graceNanos) {
    this.store = store;
    this.nanoClock = nanoClock;
    this.graceNanos = graceNanos;
  }

  /** Takes over what the commit of {@code txg} replaced. */
  void add(long txg, Collection<Replaced> replaced) {
    lock.lock();
    try {
      addUnreferenced(new OfCommit(nanoClock.getAsLong(), txg, List.copyOf(replaced)));
    } finally {
      lock.unlock();
    }
  }

  /** Takes over what only a snapshot that is being deleted had. */
  void add(List<List<BlockId>> levels, Runnable deleted) {
    lock.lock();
    try {
      waiting.add(new OfSnapshot(nanoClock.getAsLong(), levels, deleted));
    } finally {
      lock.unlock();
    }
  }

  /**
   * From now on nodes are kept for these snapshots, and no others. What waits already was not kept
   * for the earlier ones: it stays unreferenced when the live tree goes back to one of them.
   *
   * @param txgs of those that the live tree descends from
   */
  void keepFor(Collection<Long> txgs) {
    lock.lock();
    try {
      filterWaiting();
      snapshots = new TreeSet<>(txgs);
      filterWaiting();
    } finally {
      lock.unlock();
    }
  }

  /** Also keeps nodes for this snapshot. */
  void keepAlsoFor(long txg) {
    lock.lock();
    try {
      snapshots.add(txg);
      filterWaiting();
    } finally {
      lock.unlock();
    }
  }

  private void filterWaiting() {
    var all = List.copyOf(waiting);
    waiting.clear();
    for (Batch batch : all) {
      switch (batch) {
        case OfCommit commit -> addUnreferenced(commit);
        case OfSnapshot snapshot -> waiting.add(snapshot);
      }
    }
  }

  private void addUnreferenced(OfCommit commit) {
    Long latest = snapshots.lower(commit.txg());
    var free =
        commit.nodes().stream()
            .filter(node -> node.isOwn() && (latest == null || node.birthTxg() > latest))
            .toList();
    if (!free.isEmpty()) {
      waiting.add(new OfCommit(commit.sinceNanos(), commit.txg(), free));
    }
  }

  /** Keeps every node until {@link #unpin}. */
  void pin() {
    lock.lock();
    try {
      pins++;
    } finally {
      lock.unlock();
    }
  }

  void unpin() {
    lock.lock();
    try {
      pins--;
    } finally {
      lock.unlock();
    }
  }

  /** Deletes what has waited long enough. */
  void deleteDue() {
    delete(takeDue(graceNanos));
  }

  /** Deletes everything: no reader is left. */
  void deleteAll() {
    delete(takeDue(0));
  }

  /** A store that does not answer is asked again next time. */
  private void delete(List<Batch> due) {
    for (int i = 0; i < due.size(); i++) {
      try {
        switch (due.get(i)) {
          case OfCommit commit -> store.delete(commit.nodes().stream().map(Replaced::id).toList());
          case OfSnapshot snapshot -> deleteLevels(snapshot);
        }
      } catch (MetadataException e) {
        log.warn("unreferenced tree nodes could not be deleted: {}", e.getMessage());
        putBack(due.subList(i, due.size()));
        return;
      }
    }
  }

  private void deleteLevels(OfSnapshot snapshot) throws MetadataException {
    for (List<BlockId> level : snapshot.levels()) {
      if (!level.isEmpty()) {
        store.delete(level);
      }
    }
    snapshot.deleted().run();
  }

  private void putBack(List<Batch> failed) {
    lock.lock();
    try {
      failed.reversed().forEach(waiting::addFirst);
    } finally {
      lock.unlock();
    }
  }

  private List<Batch> takeDue(long ageNanos) {
    var due = new ArrayList<Batch>();
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      while (pins == 0 && !waiting.isEmpty() && now - waiting.peek().sinceNanos() >= ageNanos) {
        due.add(waiting.remove());
      }
    } finally {
      lock.unlock();
    }
    return due;
  }
}
