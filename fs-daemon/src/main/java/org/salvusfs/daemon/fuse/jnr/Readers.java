package org.salvusfs.daemon.fuse.jnr;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that serve a mount. One of them is always waiting for a request, up to a limit: who
 * takes the last place starts another. Whoever comes back to find more waiting than wanted ends.
 * When the connection has ended, the last of them runs {@code afterwards}. {@code lock} guards the
 * counts; nothing is called under it but the start of a thread.
 */
final class Readers {
  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  /** As many as libfuse2 lets wait: starting a thread costs more than keeping one. */
  private static final int WAITING_MAX = 10;

  private final LibFuse2 library;
  private final Pointer fuse;
  private final CurrentRequest request;
  private final ThreadFactory threads;
  private final int max;
  private final Runnable afterwards;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Thread> all = new HashSet<>();
  private int waiting;
  private final CountDownLatch idle = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param max how many there may be
   */
  Readers(
      LibFuse2 library,
      Pointer fuse,
      CurrentRequest request,
      ThreadFactory threads,
      int max,
      Runnable afterwards) {
    this.library = library;
    this.fuse = fuse;
    this.request = request;
    this.threads = threads;
    this.max = max;
    this.afterwards = afterwards;
  }

  /** Starts serving. */
  void start() {
    lock.lock();
    try {
      add();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nobody serves; false if the time was too short. */
  boolean awaitServingEnd(Duration patience) throws InterruptedException {
    return idle.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits until all is over, {@code afterwards} included. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Whether the calling thread is one of these: it must not wait for their end. */
  boolean isOwnThread() {
    lock.lock();
    try {
      return all.contains(Thread.currentThread());
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return all.size();
    } finally {
      lock.unlock();
    }
  }

  private void serve() {
    boolean surplus = false;
    try {
      while (!surplus && library.fuse_exited(fuse) == 0) {
        Pointer command = library.fuse_read_cmd(fuse);
        if (command != null) {
          surplus = perform(command);
        }
      }
    } finally {
      leave(surplus);
    }
  }

  /** Performs a request; whether the thread is one too many afterwards. */
  private boolean perform(Pointer command) {
    if (CurrentRequest.isForget(command)) {
      library.fuse_process_cmd(fuse, command);
      return false;
    }
    taken();
    request.begin(command);
    try {
      library.fuse_process_cmd(fuse, command);
    } finally {
      request.end();
    }
    return returned();
  }

  private void taken() {
    lock.lock();
    try {
      waiting--;
      if (waiting == 0 && all.size() < max) {
        add();
      }
    } catch (OutOfMemoryError e) {
      LOG.error("No memory or thread for one more reader; {} go on", all.size(), e);
    } finally {
      lock.unlock();
    }
  }

  /** Counts this thread among the waiting, unless there are enough. */
  private boolean returned() {
    lock.lock();
    try {
      if (waiting >= WAITING_MAX) {
        return true;
      }
      waiting++;
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void add() {
    Thread thread = threads.newThread(this::serve);
    all.add(thread);
    waiting++;
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      all.remove(thread);
      waiting--;
      throw e;
    }
  }

  private void leave(boolean surplus) {
    boolean last;
    lock.lock();
    try {
      all.remove(Thread.currentThread());
      if (!surplus) {
        waiting--;
      }
      last = all.isEmpty();
    } finally {
      lock.unlock();
    }
    if (last) {
      idle.countDown();
      try {
        afterwards.run();
      } finally {
        ended.countDown();
      }
    }
  }
}
