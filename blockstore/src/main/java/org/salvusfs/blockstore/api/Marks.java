package org.salvusfs.blockstore.api;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The chunks that somebody refers to, as far as a sweep knows: a Bloom filter. It never forgets a
 * chunk; of those that were never added it takes about one in 300 for one of its own, others in
 * every set, so that garbage that one sweep keeps by mistake goes with the next.
 *
 * <p>Why not an exact set: memory must be bounded whatever the store holds. This one takes 1.5
 * bytes for a chunk, 24 MiB for a terabyte of chunks of 64 KiB; an exact set in memory takes twenty
 * times as much, and one in RocksDB a write for every reference of every snapshot.
 *
 * <p>Thread-safe. What was added before {@link #mayContain} was called in another thread is seen by
 * it in the order of a volatile write and read.
 */
public final class Marks {
  private static final int BITS_PER_CHUNK = 12;
  private static final int HASHES = 6;
  private static final long BITS_MIN = 1 << 16;

  private final AtomicLongArray words;
  private final long bits;
  private final long salt;

  /**
   * An empty set.
   *
   * @param chunks how many it is made for; more make it less exact, not wrong
   * @param salt a random number, another one for every set
   */
  public Marks(long chunks, long salt) {
    long wanted = Math.max(BITS_MIN, chunks * BITS_PER_CHUNK);
    this.words = new AtomicLongArray((int) Math.min(Integer.MAX_VALUE - 8L, wanted >>> 6));
    this.bits = (long) words.length() << 6;
    this.salt = salt;
  }

  /** Adds a chunk; it is in the set on return, for every thread. */
  public void add(BlockId id) {
    long hash = mixed(id.w0() ^ salt);
    long step = mixed(id.w1() + salt) | 1;
    for (int i = 0; i < HASHES; i++, hash += step) {
      long bit = Math.unsignedMultiplyHigh(hash, bits);
      long mask = 1L << bit;
      int word = (int) (bit >>> 6);
      if ((words.get(word) & mask) == 0) {
        words.accumulateAndGet(word, mask, (a, b) -> a | b);
      }
    }
    // Who adds and then looks whether the chunk is condemned, and who condemns and then looks
    // whether it was added, must not miss each other.
    VarHandle.fullFence();
  }

  /** Whether the chunk was added, or looks as if it was. */
  public boolean mayContain(BlockId id) {
    VarHandle.fullFence();
    long hash = mixed(id.w0() ^ salt);
    long step = mixed(id.w1() + salt) | 1;
    for (int i = 0; i < HASHES; i++, hash += step) {
      long bit = Math.unsignedMultiplyHigh(hash, bits);
      if ((words.get((int) (bit >>> 6)) & (1L << bit)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Length of the set in memory, in bytes. */
  public long heapBytes() {
    return bits >>> 3;
  }

  /** The finalizer of MurmurHash3: a bijection in which every bit depends on every bit. */
  private static long mixed(long value) {
    long h = value;
    h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
    h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return h ^ (h >>> 33);
  }
}
