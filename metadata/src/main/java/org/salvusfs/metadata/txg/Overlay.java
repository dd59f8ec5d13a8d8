package org.salvusfs.metadata.txg;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;

/**
 * What one transaction group changes: items, removals (as tombstones), reaped inodes, and how usage
 * moves. An inode number is never used again, so nothing is put under a reaped inode afterwards and
 * a reaped inode needs no tombstones. Thread-safe; readers see single items, not operations, change
 * at once: whoever needs more holds the inode's lock.
 */
final class Overlay {
  /** Stands for a removed item. Compared by identity. */
  static final byte[] TOMBSTONE = new byte[0];

  private final ConcurrentSkipListMap<Key, byte[]> items = new ConcurrentSkipListMap<>();
  private final Set<Long> reaped = ConcurrentHashMap.newKeySet();
  private final AtomicInteger changes = new AtomicInteger();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder inodes = new LongAdder();

  void apply(Iterable<Change> changed, Iterable<Long> reapedInodes) {
    for (Change change : changed) {
      byte[] value = change.value();
      items.put(change.key(), value == null ? TOMBSTONE : value);
      changes.incrementAndGet();
    }
    for (Long inode : reapedInodes) {
      reaped.add(inode);
      changes.incrementAndGet();
    }
  }

  void addUsage(long addedBytes, long addedInodes) {
    bytes.add(addedBytes);
    inodes.add(addedInodes);
  }

  /** Whether a value stands for a removed item; an empty value is one, but not this one. */
  @SuppressWarnings("ReferenceEquality")
  static boolean isTombstone(byte[] value) {
    return value == TOMBSTONE;
  }

  /** The value, {@link #TOMBSTONE} if removed here, null if this overlay does not say. */
  byte @Nullable [] get(Key key) {
    if (isReaped(key.inode())) {
      return TOMBSTONE;
    }
    return items.get(key);
  }

  boolean isReaped(long inode) {
    return !reaped.isEmpty() && reaped.contains(inode);
  }

  /** Everything that was put or removed, tombstones included, also under reaped inodes. */
  ConcurrentNavigableMap<Key, byte[]> items() {
    return items;
  }

  Set<Long> reaped() {
    return reaped;
  }

  boolean isEmpty() {
    return changes.get() == 0;
  }

  /** How many changes were applied: a bound for the items held. */
  int changes() {
    return changes.get();
  }

  long usageBytes() {
    return bytes.sum();
  }

  long usageInodes() {
    return inodes.sum();
  }
}
