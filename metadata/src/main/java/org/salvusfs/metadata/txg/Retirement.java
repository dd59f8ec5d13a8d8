package org.salvusfs.metadata.txg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes tree nodes that commits have replaced, after a grace in which a reader may still walk the
 * old tree, and never while somebody has pinned a root. What is left when the process dies stays in
 * the store as garbage: a replaced node is never referred to again.
 */
final class Retirement {
  private static final Logger log = LoggerFactory.getLogger(Retirement.class);

  private record Batch(long sinceNanos, List<BlockId> nodes) {}

  private final NodeStore store;
  private final LongSupplier nanoClock;
  private final long graceNanos;

  /** Guards what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Deque<Batch> waiting = new ArrayDeque<>();
  private int pins;

  Retirement(NodeStore store, LongSupplier nanoClock, long graceNanos) {
    this.store = store;
    this.nanoClock = nanoClock;
    this.graceNanos = graceNanos;
  }

  void add(Collection<BlockId> replaced) {
    lock.lock();
    try {
      if (!replaced.isEmpty()) {
        waiting.add(new Batch(nanoClock.getAsLong(), List.copyOf(replaced)));
      }
    } finally {
      lock.unlock();
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
  private void delete(List<BlockId> due) {
    if (due.isEmpty()) {
      return;
    }
    try {
      store.delete(due);
    } catch (MetadataException e) {
      log.warn("{} replaced tree nodes could not be deleted: {}", due.size(), e.getMessage());
      add(due);
    }
  }

  private List<BlockId> takeDue(long ageNanos) {
    var due = new ArrayList<BlockId>();
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      while (pins == 0 && !waiting.isEmpty() && now - waiting.peek().sinceNanos() >= ageNanos) {
        due.addAll(waiting.remove().nodes());
      }
    } finally {
      lock.unlock();
    }
    return due;
  }
}
