package org.salvusfs.metadata.txg;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One transaction group while it is open or syncing. Operations hold it; once it is closed and the
 * last hold is gone it never changes again.
 */
final class Group {
  final long txg;
  final Overlay overlay = new Overlay();

  /**
   * What this group commits instead of its overlay, which is empty then; set before it is closed.
   */
  volatile @Nullable RollBack rollBack;

  /** One for every operation inside, and one until {@link #closeAndAwaitQuiet}. */
  private final AtomicInteger holds = new AtomicInteger(1);

  private final CountDownLatch quiet = new CountDownLatch(1);

  Group(long txg) {
    this.txg = txg;
  }

  /** Takes a hold; false if the group went quiet already. */
  boolean hold() {
    int seen = holds.get();
    while (seen > 0) {
      if (holds.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = holds.get();
    }
    return false;
  }

  void release() {
    if (holds.decrementAndGet() == 0) {
      quiet.countDown();
    }
  }

  /** Drops the group's own hold and returns when the operations inside are done. */
  void closeAndAwaitQuiet() throws InterruptedException {
    release();
    quiet.await();
  }
}
