package org.salvusfs.metadata.lease;

import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This host's lease: renews the host's row in the background and judges by the monotonic clock.
 * While the store is away the lease runs out by itself, and comes back with the first renewal that
 * succeeds. When another process has taken this host's place, it never comes back.
 *
 * <p>Renewals run one at a time on the scheduler that is handed in; a renewal may block there for
 * as long as the store does. All methods are thread-safe.
 */
public final class HostLease implements Lease, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HostLease.class);

  private final HostStore hosts;
  private final UUID host;
  private final LeaseOptions options;
  private final LongSupplier nanoClock;
  private final ScheduledExecutorService scheduler;

  /** Held for moments only; guards the condition, and makes renewals follow one another. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();

  /** Touched by the scheduled task only. */
  private final Renewal renewal;

  private volatile Validity validity;
  private volatile boolean closed;
  private volatile @Nullable Future<?> next;

  /**
   * A lease that is not valid yet.
   *
   * @param incarnation new for every process
   * @param name for people
   * @param nanoClock monotonic
   */
  public HostLease(
      HostStore hosts,
      UUID host,
      UUID incarnation,
      String name,
      LeaseOptions options,
      LongSupplier nanoClock,
      ScheduledExecutorService scheduler) {
    this.hosts = hosts;
    this.host = host;
    this.options = options;
    this.nanoClock = nanoClock;
    this.scheduler = scheduler;
    this.renewal = new Renewal(host, incarnation, name, options, nanoClock.getAsLong());
    this.validity = renewal.validity();
  }

  /** Begins to renew; {@link #awaitValid} returns when that has succeeded for the first time. */
  public void start() {
    schedule(0);
  }

  @Override
  public boolean isValid() {
    return !closed && validity.at(nanoClock.getAsLong());
  }

  @Override
  public long term() {
    return validity.term();
  }

  @Override
  public void awaitValid() throws MetadataException.Unavailable {
    if (isValid()) {
      return;
    }
    long deadline = nanoClock.getAsLong() + options.patience().toNanos();
    lock.lock();
    try {
      while (!isValid()) {
        long left = deadline - nanoClock.getAsLong();
        if (closed || left <= 0) {
          throw new MetadataException.Unavailable(
              "this host's lease is not valid: "
                  + (closed ? "it was given up" : "it was not renewed in " + options.patience()));
        }
        changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException.Unavailable("interrupted while waiting for the lease", e);
    } finally {
      lock.unlock();
    }
  }

  /** Stops renewing; the lease is not valid any more. The row stays as it is. */
  @Override
  public void close() {
    closed = true;
    Future<?> scheduled = next;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    signal();
  }

  private void schedule(long delayNanos) {
    try {
      next = scheduler.schedule(this::renew, delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  /** Runs the machine until it rests. */
  private void renew() {
    while (!closed) {
      switch (renewal.poll(nanoClock.getAsLong())) {
        case Renewal.Action.Rest(long untilNanos) -> {
          schedule(Math.max(0, untilNanos - nanoClock.getAsLong()));
          return;
        }
        case Renewal.Action.Superseded(var by) -> {
          log.error(
              "another process took the place of host {} ({}): it started as {}. This process serves"
                  + " nothing any more; stop it, or give its data directory an identity of its own",
              host,
              by.name(),
              by.incarnation());
          close();
        }
        case Renewal.Action.Read() -> ask(() -> renewal.read(hosts.read(host), now()));
        case Renewal.Action.Write(var row) ->
            ask(
                () -> {
                  hosts.write(row);
                  renewal.written();
                });
      }
      publish();
    }
  }

  private interface Question {
    void ask() throws MetadataException;
  }

  private void ask(Question question) {
    try {
      question.ask();
    } catch (MetadataException e) {
      log.warn("the lease of host {} could not be renewed: {}", host, e.getMessage());
      renewal.failed(now());
    } catch (RuntimeException e) {
      log.error("renewing the lease of host {} hit a defect", host, e);
      renewal.failed(now());
    }
  }

  private void publish() {
    Validity now = renewal.validity();
    if (!now.equals(validity)) {
      if (now.term() > 1 && now.term() != validity.term()) {
        log.warn("host {} has its lease back, after a lapse", host);
      }
      validity = now;
      signal();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long now() {
    return nanoClock.getAsLong();
  }
}
