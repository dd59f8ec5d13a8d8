package org.salvusfs.metadata.garbage;

import org.salvusfs.blockstore.api.BlockId;

/**
 * Ids of nodes, exactly: the first 16 bytes of each, which are those of a MAC and so never the same
 * for two nodes. Takes no more once it is full; who asks for what it did not take is told no.
 *
 * <p>Open addressing with linear probing, 16 bytes an entry, at most two thirds full. Not
 * thread-safe.
 */
final class IdSet {
  private static final int CAPACITY_MIN = 1 << 10;

  private final int sizeMax;
  private long[] entries = new long[2 * CAPACITY_MIN];
  private int size;

  /**
   * An empty set.
   *
   * @param sizeMax ids that it takes, about 32 bytes each at most
   */
  IdSet(int sizeMax) {
    this.sizeMax = sizeMax;
  }

  int size() {
    return size;
  }

  boolean contains(BlockId id) {
    int at = slot(entries, id.w0(), id.w1());
    return !isFree(entries, at);
  }

  void add(BlockId id) {
    if (size >= sizeMax) {
      return;
    }
    if (3L * size >= entries.length) {
      grow();
    }
    int at = slot(entries, id.w0(), id.w1());
    if (isFree(entries, at)) {
      entries[at] = id.w0();
      entries[at + 1] = id.w1();
      size++;
    }
  }

  private void grow() {
    long[] larger = new long[2 * entries.length];
    for (int i = 0; i < entries.length; i += 2) {
      if (!isFree(entries, i)) {
        int at = slot(larger, entries[i], entries[i + 1]);
        larger[at] = entries[i];
        larger[at + 1] = entries[i + 1];
      }
    }
    entries = larger;
  }

  private static boolean isFree(long[] table, int at) {
    return table[at] == 0 && table[at + 1] == 0;
  }

  /** Where an id is, or would be put. */
  private static int slot(long[] table, long w0, long w1) {
    int mask = table.length - 2;
    int at = (int) (w0 << 1) & mask;
    while (!isFree(table, at) && (table[at] != w0 || table[at + 1] != w1)) {
      at = (at + 2) & mask;
    }
    return at;
  }
}
