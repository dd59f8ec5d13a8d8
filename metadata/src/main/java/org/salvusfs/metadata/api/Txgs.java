package org.salvusfs.metadata.api;

/**
 * Numbers of transaction groups: the epoch of the opening that made the group in the upper 32 bits,
 * a counter in the lower. So numbers rise over openings whatever became of the earlier ones, no two
 * openings ever use the same, and the head's txg tells which epoch committed last: what an opening
 * has logged is superseded exactly when a later epoch has committed.
 */
public final class Txgs {
  private Txgs() {}

  /** The number below all groups of an epoch. */
  public static long base(long epoch) {
    return Math.multiplyExact(epoch, 1L << 32);
  }

  /** The epoch in which a group was made, 0 for the one that a new project begins with. */
  public static long epoch(long txg) {
    return txg >>> 32;
  }
}
