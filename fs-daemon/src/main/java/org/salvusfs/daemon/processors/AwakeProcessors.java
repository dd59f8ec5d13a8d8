package org.salvusfs.daemon.processors;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps idle processors from halting while requests come fast one after the other.
 *
 * <p>A request wakes a thread of the daemon, and its reply wakes the program again. In a guest
 * whose idle processors halt, each of the two goes through the host, and takes several times as
 * long as what the request asks for. So while there is traffic this holds a {@link WakeLatency}.
 * Its thread looks every tick whether there still is, and sleeps while there is none.
 */
public final class AwakeProcessors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AwakeProcessors.class);
  private static final Path DEVICE = Path.of("/dev/cpu_dma_latency");
  private static final long TICK_NANOS = 5_000_000;

  /** Requests in a tick that make it busy: 3,200 in a second. A program that starts has as many. */
  private static final int BUSY = 16;

  /** So many quiet ticks end it; a program may compute for a moment between its requests. */
  private static final int QUIET_TICKS = 4;

  private final WakeLatency latency;
  private final LongAdder served = new LongAdder();
  private final Thread watcher;

  /** Whether the watcher looks by itself, and need not be woken. */
  private volatile boolean watching;

  private volatile boolean closed;

  AwakeProcessors(WakeLatency latency, ThreadFactory threads) {
    this.latency = latency;
    this.watcher = threads.newThread(this::watch);
    watcher.start();
  }

  /**
   * Begins, if this process may: the device is root's. The log says which.
   *
   * @param threads makes the thread that watches
   */
  public static Optional<AwakeProcessors> start(ThreadFactory threads) {
    var latency = new WakeLatency(DEVICE);
    try {
      latency.hold();
      latency.release();
    } catch (IOException e) {
      LOG.warn("Idle processors cannot be kept awake as fuse.keep-awake asks: {}", e.toString());
      return Optional.empty();
    }
    LOG.info("Idle processors are kept awake while the mount is busy (fuse.keep-awake)");
    return Optional.of(new AwakeProcessors(latency, threads));
  }

  /** A request was served. For any thread; does not block. */
  public void served() {
    served.increment();
    if (!watching) {
      LockSupport.unpark(watcher);
    }
  }

  private void watch() {
    try {
      while (!closed) {
        watching = false;
        LockSupport.park(this);
        watching = true;
        watchTraffic();
      }
    } catch (IOException e) {
      watching = true; // nobody is to wake a thread that has ended
      LOG.warn("Idle processors are not kept awake any more while the mount is busy", e);
    }
  }

  /** Returns when there is none any more. */
  private void watchTraffic() throws IOException {
    try {
      long before = served.sum();
      int quiet = 0;
      while (quiet < QUIET_TICKS && !closed) {
        LockSupport.parkNanos(this, TICK_NANOS);
        long now = served.sum();
        if (now - before >= BUSY) {
          latency.hold();
          quiet = 0;
        } else {
          quiet++;
        }
        before = now;
      }
    } finally {
      latency.release();
    }
  }

  /** Lets the processors halt again and ends the thread. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    LockSupport.unpark(watcher);
    watcher.join();
  }
}
