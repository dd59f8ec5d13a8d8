package org.salvusfs.metadata.txg;

import org.jspecify.annotations.Nullable;

/**
 * Growth that was set aside for one operation. {@link Transactions#begin(TxKind, Reservation)}
 * takes it into the operation, and applying that makes it use; closing gives back what was not
 * applied, so that an operation which fails at any point has used nothing. Of one thread; always
 * closed, after the operation.
 */
public final class Reservation implements AutoCloseable {
  /** Nothing is set aside: the operation does not grow, or nobody limits it. */
  public static final Reservation NONE = new Reservation(null, 0, 0, 0, 0);

  private final @Nullable Usage usage;
  private final long bytes;
  private final long inodes;
  private final long bytesAfter;
  private final long inodesAfter;

  /** Whether it counts still; guarded by the lock of {@link #usage}. */
  private boolean open;

  Reservation(@Nullable Usage usage, long bytes, long inodes, long bytesAfter, long inodesAfter) {
    this.usage = usage;
    this.bytes = bytes;
    this.inodes = inodes;
    this.bytesAfter = bytesAfter;
    this.inodesAfter = inodesAfter;
    this.open = usage != null;
  }

  public long bytes() {
    return bytes;
  }

  public long inodes() {
    return inodes;
  }

  /** All bytes that were in use or set aside then, these included. */
  public long bytesAfter() {
    return bytesAfter;
  }

  /** All inodes that were in use or set aside then, these included. */
  public long inodesAfter() {
    return inodesAfter;
  }

  /** Whether it counted until now; never again. With the lock of its usage. */
  boolean takeOpen() {
    boolean was = open;
    if (was) {
      open = false;
    }
    return was;
  }

  /** Gives back what was not applied. Idempotent. */
  @Override
  public void close() {
    if (usage != null) {
      usage.giveBack(this);
    }
  }
}
