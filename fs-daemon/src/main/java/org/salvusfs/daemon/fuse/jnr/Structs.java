package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.item.InodeItem;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** Writes C's structures about files, and reads its times. */
final class Structs {
  /** st_blksize, as the kernel binding says it: programs size their buffers by it. */
  private static final int PREFERRED_IO_BYTES = 1 << 16;

  private static final int BLOCK_BYTES = 512;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** sizeof(struct timespec). */
  private static final int TIMESPEC_BYTES = 16;

  /** Values of tv_nsec that are no time. */
  private static final long UTIME_NOW = (1 << 30) - 1;

  private static final long UTIME_OMIT = (1 << 30) - 2;

  private Structs() {}

  /** Fills {@code struct stat}. */
  static void stat(Pointer into, Attr attr, int links) {
    InodeItem item = attr.item();
    FileStat stat = FileStat.of(into);
    stat.st_ino.set(attr.ino());
    stat.st_mode.set(item.mode());
    stat.st_nlink.set(links);
    stat.st_uid.set(item.uid());
    stat.st_gid.set(item.gid());
    stat.st_rdev.set(item.rdev());
    stat.st_size.set(item.sizeBytes());
    stat.st_blksize.set(PREFERRED_IO_BYTES);
    stat.st_blocks.set(Math.ceilDiv(item.allocatedBytes(), (long) BLOCK_BYTES));
    put(stat.st_atim, item.atimeNanos());
    put(stat.st_mtim, item.mtimeNanos());
    put(stat.st_ctim, item.ctimeNanos());
  }

  /** Fills what a directory entry has of {@code struct stat}. */
  static void entry(FileStat stat, long ino, int type) {
    stat.st_ino.set(ino);
    stat.st_mode.set(type << 12);
  }

  /** Fills {@code struct statvfs}. */
  static void statfs(Pointer into, StatFs statfs) {
    Statvfs struct = Statvfs.of(into);
    struct.f_bsize.set(statfs.blockBytes());
    struct.f_frsize.set(statfs.blockBytes());
    struct.f_blocks.set(statfs.blocks());
    struct.f_bfree.set(statfs.blocksFree());
    struct.f_bavail.set(statfs.blocksAvailable());
    struct.f_files.set(statfs.inodes());
    struct.f_ffree.set(statfs.inodesFree());
    struct.f_favail.set(statfs.inodesFree());
    struct.f_namemax.set(statfs.nameBytesMax());
  }

  /**
   * One of a row of {@code struct timespec} in nanoseconds since 1970; null if it is to be left as
   * it is. What lies outside of the years 1677 to 2262 becomes the nearest moment inside.
   */
  static @Nullable Long time(Pointer times, int index, long now) {
    Timespec time = Timespec.of(times.slice((long) index * TIMESPEC_BYTES));
    long nanos = time.tv_nsec.longValue();
    if (nanos == UTIME_OMIT) {
      return null;
    }
    if (nanos == UTIME_NOW) {
      return now;
    }
    long seconds = time.tv_sec.longValue();
    if (seconds >= Long.MAX_VALUE / NANOS_PER_SECOND) {
      return Long.MAX_VALUE;
    }
    if (seconds <= Long.MIN_VALUE / NANOS_PER_SECOND) {
      return Long.MIN_VALUE;
    }
    return seconds * NANOS_PER_SECOND + nanos;
  }

  private static void put(Timespec time, long nanos) {
    time.tv_sec.set(Math.floorDiv(nanos, NANOS_PER_SECOND));
    time.tv_nsec.set(Math.floorMod(nanos, NANOS_PER_SECOND));
  }
}
