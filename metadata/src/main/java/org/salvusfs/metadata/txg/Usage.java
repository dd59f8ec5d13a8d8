package org.salvusfs.metadata.txg;

import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.metadata.item.CountersItem;

/** A project's counters as of now, uncommitted changes included. Thread-safe. */
final class Usage {
  private final AtomicLong nextInode;
  private final AtomicLong bytes;
  private final AtomicLong inodes;

  Usage(CountersItem committed) {
    this.nextInode = new AtomicLong(committed.nextInode());
    this.bytes = new AtomicLong(committed.bytes());
    this.inodes = new AtomicLong(committed.inodes());
  }

  void add(long addedBytes, long addedInodes) {
    bytes.addAndGet(addedBytes);
    inodes.addAndGet(addedInodes);
  }

  /** Makes the counters those of an earlier tree, while nobody changes them. */
  void goBackTo(CountersItem earlier) {
    nextInode.accumulateAndGet(earlier.nextInode(), Math::max);
    bytes.set(earlier.bytes());
    inodes.set(earlier.inodes());
  }

  long takeInode() {
    return nextInode.getAndIncrement();
  }

  /** Makes sure that {@code inode} is never given out. */
  void seen(long inode) {
    nextInode.accumulateAndGet(inode + 1, Math::max);
  }

  CountersItem now() {
    return new CountersItem(nextInode.get(), bytes.get(), inodes.get());
  }
}
