package org.salvusfs.metadata.check;

import java.util.Arrays;

/**
 * A map from long to long in two arrays: open addressing, linear probing, at most two thirds full.
 * The value 0 means absent. Of one thread.
 */
final class LongMap {
  private static final int SLOTS_MIN = 64;

  /** 0 marks a free slot: the key 0 is kept aside. */
  private long[] keys = new long[SLOTS_MIN];

  private long[] values = new long[SLOTS_MIN];
  private int used;
  private long zeroValue;

  interface Visitor<E extends Exception> {
    void entry(long key, long value) throws E;
  }

  /** The value, or 0. */
  long get(long key) {
    if (key == 0) {
      return zeroValue;
    }
    int slot = slot(keys, key);
    return keys[slot] == key ? values[slot] : 0;
  }

  void put(long key, long value) {
    if (key == 0) {
      zeroValue = value;
      return;
    }
    int slot = slot(keys, key);
    if (keys[slot] != key) {
      keys[slot] = key;
      used++;
    }
    values[slot] = value;
    if (used > keys.length / 3 * 2) {
      grow();
    }
  }

  /** Number of keys other than 0. */
  int size() {
    return used;
  }

  void clear() {
    Arrays.fill(keys, 0);
    used = 0;
    zeroValue = 0;
  }

  /** Visits every entry, in no order. The visitor may change values, but add no key. */
  <E extends Exception> void forEach(Visitor<E> visitor) throws E {
    if (zeroValue != 0) {
      visitor.entry(0, zeroValue);
    }
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != 0) {
        visitor.entry(keys[slot], values[slot]);
      }
    }
  }

  private void grow() {
    long[] newKeys = new long[2 * keys.length];
    long[] newValues = new long[2 * keys.length];
    for (int old = 0; old < keys.length; old++) {
      if (keys[old] != 0) {
        int slot = slot(newKeys, keys[old]);
        newKeys[slot] = keys[old];
        newValues[slot] = values[old];
      }
    }
    keys = newKeys;
    values = newValues;
  }

  /** Where the key is, or the free slot where it would be. */
  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
