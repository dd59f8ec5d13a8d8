package org.salvusfs.blockstore.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * Plaintexts in slabs: large arrays that are allocated once and written round and round. So what
 * streams through the cache is never garbage, which a collector would have to move several times.
 *
 * <p>The slabs form a ring. What comes is appended to the current slab; when that is full, the next
 * slab that nobody holds becomes the current one. Its chunks go, but for those that were read more
 * than once over since it was emptied last: they move to its front. That is CLOCK with slabs for
 * frames, in which one stream of reads does not push out what is read again and again.
 *
 * <p>Thread-safe; the lock is held for table lookups and, when a slab is emptied, while chunks move
 * inside it.
 */
final class SlabCache {
  static final int SLAB_BYTES = 4 * FastCdc.BYTES_MAX;

  private final int slabsMax;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<BlockId, Entry> entries = new HashMap<>();
  private final List<Slab> slabs = new ArrayList<>();
  private int current;

  private static final class Slab {
    final byte[] bytes;

    /**
     * How many regions are open. Grows under the lock only, so none is added to a slab that moves.
     */
    final AtomicInteger regions = new AtomicInteger();

    // Guarded by the lock.
    List<Entry> entries = new ArrayList<>();
    int end;

    Slab(int bytes) {
      this.bytes = new byte[bytes];
    }
  }

  /** A chunk that is there. Guarded by the lock. */
  private static final class Entry {
    final BlockId id;
    final Slab slab;
    final int length;
    int start;
    long readBytes;

    Entry(BlockId id, Slab slab, int start, int length) {
      this.id = id;
      this.slab = slab;
      this.start = start;
      this.length = length;
    }
  }

  /** A chunk's bytes: until it is closed nobody moves or reuses them. */
  static final class Region implements AutoCloseable {
    private final BlockId id;
    private final Slab slab;
    private final int start;
    private final int length;

    private Region(BlockId id, Slab slab, int start, int length) {
      this.id = id;
      this.slab = slab;
      this.start = start;
      this.length = length;
      slab.regions.incrementAndGet();
    }

    byte[] array() {
      return slab.bytes;
    }

    int start() {
      return start;
    }

    int length() {
      return length;
    }

    @Override
    public void close() {
      slab.regions.decrementAndGet();
    }
  }

  /**
   * An empty cache.
   *
   * @param bytes heap that it may take once it is full; at least one slab
   */
  SlabCache(long bytes) {
    slabsMax = Math.clamp(bytes / SLAB_BYTES, 1, Integer.MAX_VALUE);
  }

  boolean contains(BlockId id) {
    lock.lock();
    try {
      return entries.containsKey(id);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A chunk that is there, or null.
   *
   * @param readBytes how many of its bytes the caller is going to read
   */
  @Nullable Region find(BlockId id, int readBytes) {
    lock.lock();
    try {
      Entry entry = entries.get(id);
      if (entry == null) {
        return null;
      }
      entry.readBytes += readBytes;
      return new Region(id, entry.slab, entry.start, entry.length);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Room for a chunk that is about to be loaded. It is found once it is {@link #publish}ed; if it
   * is closed before that, nothing has happened.
   */
  Region reserve(BlockId id, int length) {
    lock.lock();
    try {
      Slab slab = slabFor(length);
      int start = slab.end;
      slab.end += length;
      return new Region(id, slab, start, length);
    } finally {
      lock.unlock();
    }
  }

  /** The region holds the chunk now. */
  void publish(Region region, int readBytes) {
    lock.lock();
    try {
      var entry = new Entry(region.id, region.slab, region.start, region.length);
      entry.readBytes = readBytes;
      if (slabs.contains(region.slab) && entries.putIfAbsent(region.id, entry) == null) {
        region.slab.entries.add(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  private Slab slabFor(int length) {
    if (!slabs.isEmpty() && fits(slabs.get(current), length)) {
      return slabs.get(current);
    }
    if (slabs.size() < slabsMax) {
      slabs.add(new Slab(SLAB_BYTES));
      current = slabs.size() - 1;
      return slabs.getLast();
    }
    // In the second round nothing counts as read again.
    for (int i = 0; i < 2 * slabs.size(); i++) {
      current = (current + 1) % slabs.size();
      Slab slab = slabs.get(current);
      if (slab.regions.get() == 0) {
        empty(slab);
        if (fits(slab, length)) {
          return slab;
        }
      }
    }
    return new Slab(length); // for this region alone
  }

  private static boolean fits(Slab slab, int length) {
    return slab.end + length <= slab.bytes.length;
  }

  private void empty(Slab slab) {
    slab.entries.sort(Comparator.comparingInt(entry -> entry.start));
    var kept = new ArrayList<Entry>();
    int end = 0;
    for (Entry entry : slab.entries) {
      if (entry.readBytes > entry.length) {
        System.arraycopy(slab.bytes, entry.start, slab.bytes, end, entry.length);
        entry.start = end;
        entry.readBytes = 0;
        end += entry.length;
        kept.add(entry);
      } else {
        entries.remove(entry.id);
      }
    }
    slab.entries = kept;
    slab.end = end;
  }
}
