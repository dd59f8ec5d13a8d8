package org.salvusfs.metadata.txg;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the uncommitted changes of all projects of a host may take together. Each project
 * has bounds of its own ({@link Transactions.Options}); this one keeps many that write at once
 * within the heap. Who finds no room asks those that hold most to commit, and is woken when one
 * has.
 *
 * <p>Thread-safe. Owners are called without a lock, and call {@link Share#makeRoom}, {@link
 * Share#released} and {@link Share#leave} without one.
 */
public final class DirtyBudget {
  /** A project that takes part. */
  interface Owner {
    /** Commits soon what it holds. */
    void closeEarly();

    /** There may be room again. */
    void wake();
  }

  private final long bytesMax;
  private final Set<Share> shares = ConcurrentHashMap.newKeySet();
  private final AtomicLong total = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * A budget that nothing was taken from.
   *
   * @param bytesMax what may be held; operations that were let in at the same moment may exceed it
   *     by what each of them adds
   */
  public DirtyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** A project's part, until it leaves. */
  Share join(Owner owner) {
    var share = new Share(owner);
    shares.add(share);
    return share;
  }

  /** What all hold, as they said last. */
  long heldBytes() {
    return total.get();
  }

  /** Something is always let in when nobody holds anything. */
  private boolean hasRoom(long moreBytes) {
    long held = total.get();
    return held == 0 || held + moreBytes <= bytesMax;
  }

  /** What one project holds. */
  final class Share {
    private final Owner owner;
    private long heldBytes;
    private boolean left;

    private Share(Owner owner) {
      this.owner = owner;
    }

    /**
     * Counts what is about to be held, if there is room for it.
     *
     * @param ownBytes what the project holds now
     */
    synchronized boolean admit(long ownBytes, long moreBytes) {
      count(ownBytes);
      if (!hasRoom(moreBytes)) {
        return false;
      }
      count(ownBytes + moreBytes);
      return true;
    }

    /** Asks everybody who holds at least an equal part to commit, if there is no room. */
    void makeRoom(long moreBytes) {
      if (hasRoom(moreBytes)) {
        return;
      }
      long equal = total.get() / Math.max(1, shares.size());
      for (Share share : shares) {
        if (share.holds(equal)) {
          share.owner.closeEarly();
        }
      }
    }

    /** The project waits for room, from now on until {@link #endWait}. */
    void beginWait() {
      waiting.incrementAndGet();
    }

    void endWait() {
      waiting.decrementAndGet();
    }

    /**
     * The project let go of something.
     *
     * @param ownBytes what it holds now
     */
    void released(long ownBytes) {
      count(ownBytes);
      if (waiting.get() > 0) {
        shares.forEach(share -> share.owner.wake());
      }
    }

    /** What the project holds does not count any more. */
    void leave() {
      synchronized (this) {
        count(0);
        left = true;
      }
      shares.remove(this);
      shares.forEach(share -> share.owner.wake());
    }

    private synchronized void count(long ownBytes) {
      if (!left) {
        total.addAndGet(ownBytes - heldBytes);
        heldBytes = ownBytes;
      }
    }

    private synchronized boolean holds(long bytes) {
      return heldBytes > 0 && heldBytes >= bytes;
    }
  }
}
