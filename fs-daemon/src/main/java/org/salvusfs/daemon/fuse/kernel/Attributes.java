package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.metadata.item.InodeItem;

/** Writes {@code struct fuse_attr} and {@code struct fuse_statx}, and converts times. */
final class Attributes {
  /**
   * st_blksize: stdio, Python and others size their buffers by it, and each of their writes is a
   * request, so it is larger than a page.
   */
  static final int PREFERRED_IO_BYTES = 1 << 16;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int BLOCK_BYTES = 512;

  private Attributes() {}

  /** Writes the 88 bytes of fuse_attr at an absolute position. */
  static void put(ByteBuffer to, int at, Attr attr) {
    InodeItem item = attr.item();
    to.putLong(at, attr.ino());
    to.putLong(at + 8, item.sizeBytes());
    to.putLong(at + 16, blocks(item));
    to.putLong(at + 24, seconds(item.atimeNanos()));
    to.putLong(at + 32, seconds(item.mtimeNanos()));
    to.putLong(at + 40, seconds(item.ctimeNanos()));
    to.putInt(at + 48, nanoOfSecond(item.atimeNanos()));
    to.putInt(at + 52, nanoOfSecond(item.mtimeNanos()));
    to.putInt(at + 56, nanoOfSecond(item.ctimeNanos()));
    to.putInt(at + 60, item.mode());
    to.putInt(at + 64, item.nlink());
    to.putInt(at + 68, item.uid());
    to.putInt(at + 72, item.gid());
    to.putInt(at + 76, item.rdev());
    to.putInt(at + 80, PREFERRED_IO_BYTES);
    to.putInt(at + 84, 0);
  }

  /** Writes the 256 bytes of fuse_statx, which are those of statx(2), at an absolute position. */
  static void putStatx(ByteBuffer to, int at, Attr attr) {
    InodeItem item = attr.item();
    to.putInt(at, Abi.STATX_MASK);
    to.putInt(at + 4, PREFERRED_IO_BYTES);
    to.putLong(at + 8, 0);
    to.putInt(at + 16, item.nlink());
    to.putInt(at + 20, item.uid());
    to.putInt(at + 24, item.gid());
    to.putInt(at + 28, item.mode() & 0xffff);
    to.putLong(at + 32, attr.ino());
    to.putLong(at + 40, item.sizeBytes());
    to.putLong(at + 48, blocks(item));
    to.putLong(at + 56, 0);
    putTime(to, at + 64, item.atimeNanos());
    putTime(to, at + 80, item.btimeNanos());
    putTime(to, at + 96, item.ctimeNanos());
    putTime(to, at + 112, item.mtimeNanos());
    to.putInt(at + 128, item.deviceMajor());
    to.putInt(at + 132, item.deviceMinor());
    for (int spare = at + 136; spare < at + 256; spare += 8) {
      to.putLong(spare, 0);
    }
  }

  /**
   * Nanoseconds since 1970 from the protocol's two fields; the nearest representable moment if the
   * seconds lie outside of the years 1677 to 2262.
   */
  static long nanos(long seconds, int nanoOfSecond) {
    if (seconds >= Long.MAX_VALUE / NANOS_PER_SECOND) {
      return Long.MAX_VALUE;
    }
    if (seconds <= Long.MIN_VALUE / NANOS_PER_SECOND) {
      return Long.MIN_VALUE;
    }
    return seconds * NANOS_PER_SECOND + nanoOfSecond;
  }

  private static long blocks(InodeItem item) {
    return Math.ceilDiv(item.allocatedBytes(), BLOCK_BYTES);
  }

  private static void putTime(ByteBuffer to, int at, long nanos) {
    to.putLong(at, seconds(nanos));
    to.putInt(at + 8, nanoOfSecond(nanos));
    to.putInt(at + 12, 0);
  }

  private static long seconds(long nanos) {
    return Math.floorDiv(nanos, NANOS_PER_SECOND);
  }

  private static int nanoOfSecond(long nanos) {
    return (int) Math.floorMod(nanos, NANOS_PER_SECOND);
  }
}
