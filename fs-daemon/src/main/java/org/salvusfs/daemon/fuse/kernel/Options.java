package org.salvusfs.daemon.fuse.kernel;

import java.time.Duration;

/**
 * How a filesystem is mounted and served.
 *
 * @param threads readers of /dev/fuse that are always at hand; about the number of cores is best
 * @param threadsMax how many there may be while operations block: when too few of them are free for
 *     25 ms, more are started, so that blocked writers do not keep readers waiting. Each has 2 MiB
 *     of buffers
 * @param entryLifetime how long the kernel keeps a name
 * @param absenceLifetime how long the kernel keeps the absence of a name, outside the top
 *     directory; zero: not at all
 * @param attributesLifetime how long the kernel keeps attributes
 * @param cacheDirectories the kernel keeps the entries of directories; only where nobody but the
 *     kernel changes them, or {@link FuseServer#invalidateNode} follows every change
 * @param opens the kernel has regular files opened and released by the filesystem, although it
 *     could do without: what kernels that cannot do anyway
 * @param writebackCache the kernel gathers writes before it sends them. Faster for small writes,
 *     but a file's contents in the daemon are then no longer its state at one moment
 * @param interrupts a signal to a process that waits for an operation interrupts the Java thread
 *     that performs it. Only for filesystems that use no interruptible channel (an interrupt closes
 *     a {@link java.nio.channels.FileChannel}) on the calling thread; and programs do not expect
 *     EINTR from files, so that the default is not to
 * @param allowOther other users than the mounting one may enter
 * @param allowSuid setuid, setgid and file capabilities work
 * @param allowDevices device nodes can be opened
 * @param readAheadKib how far the kernel reads ahead
 * @param unmountPatience how long {@link FuseServer#unmount} waits for files to be closed before it
 *     cuts the connection
 */
public record Options(
    int threads,
    int threadsMax,
    Duration entryLifetime,
    Duration absenceLifetime,
    Duration attributesLifetime,
    boolean cacheDirectories,
    boolean opens,
    boolean writebackCache,
    boolean interrupts,
    boolean allowOther,
    boolean allowSuid,
    boolean allowDevices,
    int readAheadKib,
    Duration unmountPatience) {

  public Options {
    if (threads < 1 || threadsMax < threads) {
      throw new IllegalArgumentException(
          "threads %d must be at least 1 and at most threadsMax %d".formatted(threads, threadsMax));
    }
    if (entryLifetime.isNegative()
        || absenceLifetime.isNegative()
        || attributesLifetime.isNegative()
        || unmountPatience.isNegative()) {
      throw new IllegalArgumentException("durations must not be negative");
    }
    if (readAheadKib < 0) {
      throw new IllegalArgumentException("readAheadKib " + readAheadKib + " must not be negative");
    }
  }

  /** What suits a daemon that is the only writer of what it serves. */
  public static Options defaults() {
    var lifetime = Duration.ofHours(24);
    return new Options(
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        64,
        lifetime,
        lifetime,
        lifetime,
        false,
        false,
        false,
        false,
        true,
        false,
        false,
        1024,
        Duration.ofSeconds(5));
  }

  /** These options with other numbers of threads. */
  public Options withThreads(int always, int atMost) {
    return new Options(
        always,
        atMost,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        cacheDirectories,
        opens,
        writebackCache,
        interrupts,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with other lifetimes of what the kernel keeps. */
  public Options withLifetimes(Duration entries, Duration absence, Duration attributes) {
    return new Options(
        threads,
        threadsMax,
        entries,
        absence,
        attributes,
        cacheDirectories,
        opens,
        writebackCache,
        interrupts,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with or without the kernel's caches of directories and of writes. */
  public Options withCaches(boolean directories, boolean writes) {
    return new Options(
        threads,
        threadsMax,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        directories,
        opens,
        writes,
        interrupts,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with or without OPEN and RELEASE of regular files. */
  public Options withOpens(boolean asked) {
    return new Options(
        threads,
        threadsMax,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        cacheDirectories,
        asked,
        writebackCache,
        interrupts,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with or without interrupts. */
  public Options withInterrupts(boolean offered) {
    return new Options(
        threads,
        threadsMax,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        cacheDirectories,
        opens,
        writebackCache,
        offered,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with other rights for those who use the mount. */
  public Options withAccess(boolean others, boolean suid, boolean devices) {
    return new Options(
        threads,
        threadsMax,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        cacheDirectories,
        opens,
        writebackCache,
        interrupts,
        others,
        suid,
        devices,
        readAheadKib,
        unmountPatience);
  }

  /** These options with another patience. */
  public Options withUnmountPatience(Duration patience) {
    return new Options(
        threads,
        threadsMax,
        entryLifetime,
        absenceLifetime,
        attributesLifetime,
        cacheDirectories,
        opens,
        writebackCache,
        interrupts,
        allowOther,
        allowSuid,
        allowDevices,
        readAheadKib,
        patience);
  }

  Lifetimes lifetimes() {
    return new Lifetimes(entryLifetime, absenceLifetime, attributesLifetime);
  }
}
