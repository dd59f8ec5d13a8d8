package org.salvusfs.metadata.txg;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.item.CountersItem;

/**
 * A project's counters as of now, uncommitted changes included, and what is set aside for
 * operations that are under way. Growth that is to be bounded is set aside before the operation
 * begins and becomes use in the one step that applies it, so that use and reservations together
 * never exceed the bound they were set aside under, whoever races. Shrinking, and growth that comes
 * back from a log, is never bounded. Thread-safe; its lock is a leaf.
 */
public final class Usage {
  private final AtomicLong nextInode;
  private final Object lock = new Object();

  // Guarded by lock.
  private long bytes;
  private long inodes;
  private long reservedBytes;
  private long reservedInodes;

  /**
   * @param committed where counting begins
   */
  public Usage(CountersItem committed) {
    this.nextInode = new AtomicLong(committed.nextInode());
    this.bytes = committed.bytes();
    this.inodes = committed.inodes();
  }

  /**
   * Sets growth aside if there is room for it.
   *
   * @param addedBytes exactly what the operation will add, not negative; 0 fits always
   * @param bytesMax what use and reservations may sum up to
   * @return null, with nothing changed, if it does not fit
   */
  public @Nullable Reservation reserve(
      long addedBytes, long addedInodes, long bytesMax, long inodesMax) {
    synchronized (lock) {
      long bytesAfter = bytes + reservedBytes + addedBytes;
      long inodesAfter = inodes + reservedInodes + addedInodes;
      if ((addedBytes > 0 && bytesAfter > bytesMax)
          || (addedInodes > 0 && inodesAfter > inodesMax)) {
        return null;
      }
      reservedBytes += addedBytes;
      reservedInodes += addedInodes;
      return new Reservation(this, addedBytes, addedInodes, bytesAfter, inodesAfter);
    }
  }

  /** An applied operation changes the counters; what was set aside for it is so no more. */
  void add(long addedBytes, long addedInodes, Reservation settled) {
    synchronized (lock) {
      bytes += addedBytes;
      inodes += addedInodes;
      if (settled.takeOpen()) {
        reservedBytes -= settled.bytes();
        reservedInodes -= settled.inodes();
      }
    }
  }

  /** Gives back what no operation used. */
  void giveBack(Reservation unused) {
    add(0, 0, unused);
  }

  /** Makes the counters those of an earlier tree, while nobody changes them. */
  void goBackTo(CountersItem earlier) {
    nextInode.accumulateAndGet(earlier.nextInode(), Math::max);
    synchronized (lock) {
      bytes = earlier.bytes();
      inodes = earlier.inodes();
    }
  }

  long takeInode() {
    return nextInode.getAndIncrement();
  }

  /** Makes sure that {@code inode} is never given out. */
  void seen(long inode) {
    nextInode.accumulateAndGet(inode + 1, Math::max);
  }

  /** What is in use; what is only set aside does not count. */
  public CountersItem now() {
    synchronized (lock) {
      return new CountersItem(nextInode.get(), bytes, inodes);
    }
  }

  /** What is in use or set aside; the next inode means nothing. */
  public CountersItem promised() {
    synchronized (lock) {
      return new CountersItem(nextInode.get(), bytes + reservedBytes, inodes + reservedInodes);
    }
  }
}
