package org.salvusfs.daemon.fuse.kernel;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of a mount: few as long as operations are quick, more while they block.
 *
 * <p>Few threads serve fastest (they stay on their cores), but if all of them wait for a store that
 * is away, nobody answers what needs no store. So the pool's keeper looks, whenever no worker is
 * waiting for a request, which of them have been busy with the same request for a whole tick; those
 * do not count, and others are started until the wanted number is free again. A worker that is one
 * too many ends after its request. While any worker waits, the keeper sleeps and costs nothing.
 *
 * <p>The keeper is a thread too: it starts the workers, and after the last has ended runs {@code
 * afterwards}. {@code lock} guards the set of workers; nothing else is locked inside.
 */
final class WorkerPool {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  /** Longer than a busy machine keeps a thread off its cores, shorter than a person notices. */
  private static final long TICK_NANOS = 25_000_000;

  /** How often readers are woken to end: a signal just before the read is lost. */
  private static final Duration WAKE_TICK = Duration.ofMillis(5);

  private final Worker worker;
  private final Interrupts interrupts;
  private final ThreadFactory threads;
  private final int wanted;
  private final int max;
  private final Runnable afterwards;

  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Seat> seats = new HashSet<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final CountDownLatch idle = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread keeper;
  private volatile boolean keeperSleeps;
  private volatile boolean connectionEnded;

  /** Set while workers are told to end although the connection goes on. */
  private volatile boolean stopping;

  /** Size of {@code seats}, to be read without the lock. */
  private volatile int count;

  /**
   * @param wanted how many workers are to be free
   * @param max how many there may be
   * @param afterwards is run by the pool's own thread once all workers have ended
   */
  WorkerPool(
      Worker worker,
      Interrupts interrupts,
      ThreadFactory threads,
      int wanted,
      int max,
      Runnable afterwards) {
    this.worker = worker;
    this.interrupts = interrupts;
    this.threads = threads;
    this.wanted = wanted;
    this.max = max;
    this.afterwards = afterwards;
    this.keeper = threads.newThread(this::keep);
  }

  /** Starts serving. */
  void start() {
    for (int i = 0; i < wanted; i++) {
      addWorker();
    }
    keeper.start();
  }

  /**
   * Ends the workers without ending the connection: requests that were read are answered, and none
   * is read any more.
   *
   * @return false if requests were still under way after {@code patience}; then all goes on
   */
  boolean stop(Duration patience) throws InterruptedException {
    WakeUp.install();
    stopping = true;
    try {
      long ticks = Math.max(1, patience.dividedBy(WAKE_TICK));
      for (long tick = 0; tick < ticks; tick++) {
        wakeReaders();
        if (awaitWorkersEnd(WAKE_TICK)) {
          return true;
        }
      }
      return !continues();
    } catch (InterruptedException e) {
      if (continues()) {
        throw e;
      }
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void wakeReaders() {
    lock.lock();
    try {
      for (Seat seat : seats) {
        if (seat.reading) {
          WakeUp.wake(seat.number);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes {@link #stop} back; false if there is nobody left to go on. */
  private boolean continues() {
    int missing;
    lock.lock();
    try {
      if (seats.isEmpty()) {
        return false;
      }
      stopping = false;
      missing = wanted - seats.size();
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < missing; i++) {
      addWorker();
    }
    return true;
  }

  /** Waits until no worker is left; false if the time was too short. */
  boolean awaitWorkersEnd(Duration patience) throws InterruptedException {
    return idle.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits until all is over, {@code afterwards} included. */
  void awaitEnd() throws InterruptedException {
    ended.await();
    keeper.join();
  }

  /** Whether the calling thread belongs to the pool: such a thread must not wait for its end. */
  boolean isOwnThread() {
    Thread current = Thread.currentThread();
    lock.lock();
    try {
      return current.equals(keeper) || seats.stream().anyMatch(seat -> seat.thread.equals(current));
    } finally {
      lock.unlock();
    }
  }

  /** How many workers there are. */
  int size() {
    return count;
  }

  private void addWorker() {
    var seat = new Seat();
    add(seat);
    try {
      seat.thread.start();
    } catch (OutOfMemoryError e) {
      interrupts.leave(seat.slot);
      remove(seat);
      throw e;
    }
  }

  private void keep() {
    try {
      while (size() > 0) {
        keeperSleeps = true;
        if (waiting.get() > 0) {
          LockSupport.park(this);
        }
        keeperSleeps = false;
        relieve();
      }
    } finally {
      idle.countDown();
      try {
        afterwards.run();
      } finally {
        ended.countDown();
      }
    }
  }

  /** Starts workers if, one tick later, too few are free. */
  private void relieve() {
    Set<Long> before = runningRequests();
    LockSupport.parkNanos(this, TICK_NANOS);
    Set<Long> stuck = runningRequests();
    stuck.retainAll(before);
    int all = count;
    int free = all - stuck.size();
    // If none is free, those that are started may be stuck at once too: start more and more.
    int missing = free > 0 ? wanted - free : Math.max(wanted, all / 2);
    missing = Math.min(missing, max - all);
    for (int i = 0; i < missing && !connectionEnded && !stopping; i++) {
      try {
        addWorker();
      } catch (OutOfMemoryError e) {
        LOG.error("No memory or thread for one more worker; {} go on", count, e);
        return;
      }
    }
  }

  private Set<Long> runningRequests() {
    var running = new HashSet<Long>();
    lock.lock();
    try {
      for (Seat seat : seats) {
        running.add(seat.slot.running());
      }
    } finally {
      lock.unlock();
    }
    running.remove(0L);
    return running;
  }

  private void add(Seat seat) {
    lock.lock();
    try {
      seats.add(seat);
      count = seats.size();
    } finally {
      lock.unlock();
    }
  }

  private void remove(Seat seat) {
    lock.lock();
    try {
      seats.remove(seat);
      count = seats.size();
    } finally {
      lock.unlock();
    }
  }

  /** One worker's thread. */
  private final class Seat implements Worker.Shift {
    private final Thread thread = threads.newThread(this::work);
    private final Interrupts.Slot slot = interrupts.enter(thread);
    private boolean retired;

    /** The thread as the kernel numbers it; known before {@code reading} is first set. */
    private volatile int number;

    private volatile boolean reading;

    private void work() {
      try {
        number = WakeUp.currentThread();
        worker.serve(this, slot);
        if (!retired) {
          connectionEnded = true;
        }
      } catch (RuntimeException | Error e) {
        LOG.error("A worker failed; another takes its place", e);
      } finally {
        interrupts.leave(slot);
        remove(this);
        LockSupport.unpark(keeper);
      }
    }

    @Override
    public boolean waiting() {
      if (stopping || (count > wanted && waiting.get() >= wanted)) {
        if (retire()) {
          return false;
        }
      }
      waiting.incrementAndGet();
      reading = true;
      return true;
    }

    @Override
    public void arrived() {
      reading = false;
      if (waiting.decrementAndGet() == 0 && keeperSleeps) {
        LockSupport.unpark(keeper);
      }
    }

    /** Takes this worker out, if it is still one too many. */
    private boolean retire() {
      lock.lock();
      try {
        retired = (stopping || seats.size() > wanted) && seats.remove(this);
        count = seats.size();
        return retired;
      } finally {
        lock.unlock();
      }
    }
  }
}
