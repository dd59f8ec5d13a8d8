package org.salvusfs.daemon.wiring;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Long work that a daemon does again and again: one run at a time, on a thread of its own, begun
 * when somebody asks for it or when it is due. Whoever waits for a run asks for its state; a run
 * outlives whoever asked for it, but not the daemon. Thread-safe; {@link #show}, {@link
 * #awaitUntil} and {@link #pay} are for the work, on its thread, and end it with a
 * CancellationException when the daemon ends.
 *
 * @param <R> the immutable state of a run
 */
final class Runs<R> implements AutoCloseable {
  /** Of {@link Work#nanosUntilDue}: only when somebody asks. */
  static final long NEVER = Long.MAX_VALUE;

  /** How long {@link #await} takes at most: often enough for a progress that moves. */
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long the thread sleeps at most, because {@link Work#nanosUntilDue} may tell wall time. */
  private static final long SLEEP_NANOS_MAX = TimeUnit.HOURS.toNanos(1);

  /** What is done. */
  interface Work<R> {
    /** How long until a run is due by itself, at most 0 if it is; called with the lock. */
    long nanosUntilDue();

    /** The state of a run that begins now; called with the lock, on any thread. */
    R begin(@Nullable R before);

    boolean isOver(R run);

    /** Does it, and returns the state at its end; throws nothing. */
    R run(R begun);
  }

  private final LongSupplier nanoClock;
  private final Work<R> work;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private @Nullable R latest;
  private boolean isStopping;

  /** The thread's own: when what was paid for so far would have been done at the rate asked for. */
  private long paidNanos;

  /**
   * Runs begin after {@link #start}.
   *
   * @param name of the thread
   * @param latest the last run, if it is known; one that is not over is gone on with
   */
  Runs(String name, LongSupplier nanoClock, @Nullable R latest, Work<R> work) {
    this.nanoClock = nanoClock;
    this.latest = latest;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::serve);
  }

  void start() {
    thread.start();
  }

  /** Begins a run unless one is under way. */
  void request() {
    lock.lock();
    try {
      if (!isUnderWay()) {
        latest = work.begin(latest);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The run that is under way, or else the last one; null: there was none. */
  @Nullable R latest() {
    lock.lock();
    try {
      return latest;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no run is under way, or for a moment. */
  void await() throws InterruptedException {
    lock.lock();
    try {
      long nanosLeft = MOMENT_NANOS;
      while (isUnderWay() && nanosLeft > 0) {
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the run that is under way, at its next step, and the thread. */
  @Override
  public void close() throws InterruptedException {
    lock.lock();
    try {
      isStopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (thread.getState() != Thread.State.NEW) {
      thread.join();
    }
  }

  /** Sets the state of the run that is under way. */
  void show(UnaryOperator<R> change) {
    lock.lock();
    try {
      stopIfAsked();
      latest = change.apply(present());
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a moment of the monotonic clock. */
  void awaitUntil(long nanoTime) {
    lock.lock();
    try {
      long nanosLeft = nanoTime - nanoClock.getAsLong();
      while (nanosLeft > 0) {
        stopIfAsked();
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
      stopIfAsked();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } finally {
      lock.unlock();
    }
  }

  /** Waits as long as it takes to read or write so many bytes at a rate. */
  void pay(long bytes, long bytesPerSecond) {
    // No credit for the time in which nothing was read or written.
    paidNanos =
        Math.max(paidNanos, nanoClock.getAsLong())
            + (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
    awaitUntil(paidNanos);
  }

  private void serve() {
    try {
      for (R run = awaitTurn(); run != null; run = awaitTurn()) {
        paidNanos = nanoClock.getAsLong();
        end(work.run(run));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until a run is asked for, due or to be gone on with; null: it is over. */
  private @Nullable R awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      while (!isStopping && !isUnderWay()) {
        long nanosLeft = work.nanosUntilDue();
        if (nanosLeft <= 0) {
          latest = work.begin(latest);
        } else if (nanosLeft == NEVER) {
          changed.await();
        } else {
          long _ = changed.awaitNanos(Math.min(nanosLeft, SLEEP_NANOS_MAX));
        }
      }
      return isStopping ? null : present();
    } finally {
      lock.unlock();
    }
  }

  private void end(R run) {
    lock.lock();
    try {
      latest = run;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** With the lock. */
  private boolean isUnderWay() {
    R run = latest;
    return run != null && !work.isOver(run);
  }

  private R present() {
    return Objects.requireNonNull(latest, "no run has begun");
  }

  private void stopIfAsked() {
    if (isStopping) {
      throw new CancellationException("the daemon ends");
    }
  }
}
