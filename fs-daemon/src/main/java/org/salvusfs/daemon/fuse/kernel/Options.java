package org.salvusfs.daemon.fuse.kernel;

import java.time.Duration;
import java.util.function.Consumer;

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
    return with(
        draft -> {
          draft.threads = always;
          draft.threadsMax = atMost;
        });
  }

  /** These options with other lifetimes of what the kernel keeps. */
  public Options withLifetimes(Duration entries, Duration absence, Duration attributes) {
    return with(
        draft -> {
          draft.entryLifetime = entries;
          draft.absenceLifetime = absence;
          draft.attributesLifetime = attributes;
        });
  }

  /** These options with or without the kernel's caches of directories and of writes. */
  public Options withCaches(boolean directories, boolean writes) {
    return with(
        draft -> {
          draft.cacheDirectories = directories;
          draft.writebackCache = writes;
        });
  }

  /** These options with or without OPEN and RELEASE of regular files. */
  public Options withOpens(boolean asked) {
    return with(draft -> draft.opens = asked);
  }

  /** These options with or without interrupts. */
  public Options withInterrupts(boolean offered) {
    return with(draft -> draft.interrupts = offered);
  }

  /** These options with other rights for those who use the mount. */
  public Options withAccess(boolean others, boolean suid, boolean devices) {
    return with(
        draft -> {
          draft.allowOther = others;
          draft.allowSuid = suid;
          draft.allowDevices = devices;
        });
  }

  /** These options with another patience. */
  public Options withUnmountPatience(Duration patience) {
    return with(draft -> draft.unmountPatience = patience);
  }

  private Options with(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options on their way from one set to another. */
  private static final class Draft {
    private int threads;
    private int threadsMax;
    private Duration entryLifetime;
    private Duration absenceLifetime;
    private Duration attributesLifetime;
    private boolean cacheDirectories;
    private boolean opens;
    private boolean writebackCache;
    private boolean interrupts;
    private boolean allowOther;
    private boolean allowSuid;
    private boolean allowDevices;
    private int readAheadKib;
    private Duration unmountPatience;

    Draft(Options from) {
      threads = from.threads;
      threadsMax = from.threadsMax;
      entryLifetime = from.entryLifetime;
      absenceLifetime = from.absenceLifetime;
      attributesLifetime = from.attributesLifetime;
      cacheDirectories = from.cacheDirectories;
      opens = from.opens;
      writebackCache = from.writebackCache;
      interrupts = from.interrupts;
      allowOther = from.allowOther;
      allowSuid = from.allowSuid;
      allowDevices = from.allowDevices;
      readAheadKib = from.readAheadKib;
      unmountPatience = from.unmountPatience;
    }

    Options options() {
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
          unmountPatience);
    }
  }

  Lifetimes lifetimes() {
    return new Lifetimes(entryLifetime, absenceLifetime, attributesLifetime);
  }
}
