package org.salvusfs.daemon.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What statx(2) says of a file; modes and device numbers have Linux's values. The offsets are those
 * of {@code struct statx} in {@code linux/stat.h}, the same on all machines.
 *
 * @param device of the filesystem, {@code major << 32 | minor}
 * @param rdev of a device node, as mknod(2) of the kernel's FUSE takes it
 */
public record LocalStat(
    int mode,
    int uid,
    int gid,
    int nlink,
    long device,
    long inode,
    long sizeBytes,
    long atimeNanos,
    long mtimeNanos,
    int rdev) {
  static final int BYTES = 256;

  /** STATX_BASIC_STATS. */
  static final int MASK = 0x7ff;

  private static final long NANOS = 1_000_000_000;
  private static final int S_IFMT = 0170000;
  private static final int S_IFDIR = 0040000;
  private static final int S_IFREG = 0100000;
  private static final int S_IFLNK = 0120000;

  static LocalStat of(MemorySegment statx) {
    return new LocalStat(
        Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28)),
        int32(statx, 20),
        int32(statx, 24),
        int32(statx, 16),
        ((long) int32(statx, 136) << 32) | Integer.toUnsignedLong(int32(statx, 140)),
        statx.get(ValueLayout.JAVA_LONG, 32),
        statx.get(ValueLayout.JAVA_LONG, 40),
        nanos(statx, 64),
        nanos(statx, 112),
        rdev(int32(statx, 128), int32(statx, 132)));
  }

  private static int int32(MemorySegment statx, long offset) {
    return statx.get(ValueLayout.JAVA_INT, offset);
  }

  /** Times beyond what 64 bits of nanoseconds hold become the nearest they hold. */
  private static long nanos(MemorySegment statx, long offset) {
    long seconds = statx.get(ValueLayout.JAVA_LONG, offset);
    long most = Long.MAX_VALUE / NANOS - 1;
    return Math.clamp(seconds, -most, most) * NANOS + int32(statx, offset + Long.BYTES);
  }

  /** new_encode_dev() of {@code linux/kdev_t.h}. */
  private static int rdev(int major, int minor) {
    return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
  }

  /** The bits that say what it is. */
  public int type() {
    return mode & S_IFMT;
  }

  public boolean isDirectory() {
    return type() == S_IFDIR;
  }

  public boolean isRegular() {
    return type() == S_IFREG;
  }

  public boolean isSymlink() {
    return type() == S_IFLNK;
  }
}
