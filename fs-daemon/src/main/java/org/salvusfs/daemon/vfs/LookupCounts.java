package org.salvusfs.daemon.vfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often the kernel has been told of each inode, minus what it forgot: an inode with a count is
 * in use. An open-addressing table of primitives (linear probing, deletion by shifting back, Knuth
 * 6.4 algorithm R) in shards, 21 to 64 bytes an inode; shrinks when it empties. Thread-safe.
 */
final class LookupCounts {
  private static final int SHARDS = 16;
  private static final int CAPACITY_MIN = 16;

  private final Shard[] shards = new Shard[SHARDS];

  LookupCounts() {
    Arrays.setAll(shards, i -> new Shard());
  }

  /** Counts as {@link #pairs} gave them. */
  static LookupCounts of(long[] pairs) {
    var counts = new LookupCounts();
    for (int i = 0; i < pairs.length; i += 2) {
      counts.add(pairs[i], pairs[i + 1]);
    }
    return counts;
  }

  void add(long inode, long lookups) {
    shard(inode).add(inode, lookups);
  }

  /** Takes lookups back; true if none is left. */
  boolean subtract(long inode, long lookups) {
    return shard(inode).subtract(inode, lookups);
  }

  boolean isInUse(long inode) {
    return shard(inode).get(inode) != 0;
  }

  /** How many inodes are in use. */
  long size() {
    long size = 0;
    for (Shard shard : shards) {
      size += shard.size();
    }
    return size;
  }

  /** All inodes in use with their counts, one after the other; while nobody changes them. */
  long[] pairs() {
    long[] pairs = new long[2 * (int) size()];
    int at = 0;
    for (Shard shard : shards) {
      at = shard.copy(pairs, at);
    }
    return pairs;
  }

  /** All inodes in use, as of some moments during the call. */
  List<Long> inodes() {
    var inodes = new ArrayList<Long>();
    for (Shard shard : shards) {
      shard.addTo(inodes);
    }
    return inodes;
  }

  private Shard shard(long inode) {
    return shards[(int) (inode & (SHARDS - 1))];
  }

  /** One part of the table; its monitor is a leaf. */
  private static final class Shard {
    /** Pairs of inode and count; a count of 0 marks a free place. */
    private long[] table = new long[2 * CAPACITY_MIN];

    private int used;

    synchronized void add(long inode, long lookups) {
      int at = find(inode);
      if (table[at + 1] == 0) {
        if (3 * (used + 1) > 2 * (table.length / 2)) {
          resize(table.length * 2);
          at = find(inode);
        }
        table[at] = inode;
        used++;
      }
      table[at + 1] += lookups;
    }

    synchronized boolean subtract(long inode, long lookups) {
      int at = find(inode);
      long left = table[at + 1] - lookups;
      if (left > 0) {
        table[at + 1] = left;
        return false;
      }
      if (table[at + 1] != 0) {
        remove(at);
      }
      return true;
    }

    synchronized long get(long inode) {
      return table[find(inode) + 1];
    }

    synchronized int size() {
      return used;
    }

    /** Copies the pairs to {@code at} and returns where they end. */
    synchronized int copy(long[] pairs, int at) {
      int end = at;
      for (int i = 0; i < table.length; i += 2) {
        if (table[i + 1] != 0) {
          pairs[end++] = table[i];
          pairs[end++] = table[i + 1];
        }
      }
      return end;
    }

    synchronized void addTo(List<Long> inodes) {
      for (int i = 0; i < table.length; i += 2) {
        if (table[i + 1] != 0) {
          inodes.add(table[i]);
        }
      }
    }

    /** The place that holds the inode, or the free one where it would go. */
    private int find(long inode) {
      int at = home(inode);
      while (table[at + 1] != 0 && table[at] != inode) {
        at = next(at);
      }
      return at;
    }

    private int home(long inode) {
      long mixed = inode * 0x9e3779b97f4a7c15L;
      return 2 * (int) ((mixed >>> 32) & (table.length / 2 - 1));
    }

    private int next(int at) {
      return (at + 2) & (table.length - 1);
    }

    private void remove(int at) {
      int hole = at;
      for (int i = next(hole); table[i + 1] != 0; i = next(i)) {
        int distance = (i - home(table[i])) & (table.length - 1);
        if (distance >= ((i - hole) & (table.length - 1))) {
          table[hole] = table[i];
          table[hole + 1] = table[i + 1];
          hole = i;
        }
      }
      table[hole + 1] = 0;
      used--;
      if (table.length > 2 * CAPACITY_MIN && 8 * used < table.length / 2) {
        resize(table.length / 2);
      }
    }

    private void resize(int length) {
      long[] old = table;
      table = new long[length];
      for (int i = 0; i < old.length; i += 2) {
        if (old[i + 1] != 0) {
          int at = find(old[i]);
          table[at] = old[i];
          table[at + 1] = old[i + 1];
        }
      }
    }
  }
}
