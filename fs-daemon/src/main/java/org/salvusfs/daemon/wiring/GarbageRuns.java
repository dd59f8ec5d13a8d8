package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.data.CapturedChunks;
import org.salvusfs.daemon.management.GarbageRun;
import org.salvusfs.daemon.management.GarbageRun.Phase;
import org.salvusfs.daemon.management.GarbageStatus;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.garbage.Collector;
import org.salvusfs.metadata.garbage.Marker;
import org.salvusfs.metadata.log.HostIntentLog;
import org.salvusfs.metadata.log.QuorumIntentLog;
import org.salvusfs.metadata.tree.StoredNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage when somebody asks for it and, with a period, by itself: one run at a time, on a
 * thread of its own. Whoever waits for a run asks for its state; a run outlives whoever asked for
 * it, but not the daemon. Thread-safe.
 */
final class GarbageRuns implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GarbageRuns.class);

  /** Garbage that is not worth moving what lies beside it, as a share of what is in use. */
  private static final double UNUSED_MAX = 0.05;

  /** How long {@link #await} takes at most: often enough for a progress that moves. */
  private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Stores stores;
  private final DaemonConfig.Garbage config;
  private final Surroundings surroundings;
  private final Path restoring;
  private final Collector collector;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private @Nullable GarbageRun latest;
  private long latestStartNanos;
  private boolean isWanted;
  private boolean isStopping;

  // The thread's own.
  private long graceStartNanos;

  /** When what was moved so far would have been moved at the configured rate. */
  private long paidNanos;

  /**
   * Runs begin after {@link #start}.
   *
   * @param host this one, whose logs are looked at
   * @param restoring a file that is there as long as chunks are put that nothing refers to yet
   */
  GarbageRuns(
      Stores stores,
      Projects projects,
      DaemonConfig.Garbage config,
      UUID host,
      Path restoring,
      Surroundings surroundings) {
    this.stores = stores;
    this.config = config;
    this.surroundings = surroundings;
    this.restoring = restoring;
    var metadata = stores.metadata();
    var codec = stores.blocks().codec();
    this.collector =
        new Collector(
            new Marker.Sources(
                metadata.projects(),
                metadata.heads(),
                metadata.snapshots(),
                new StoredNodes(metadata.nodes(), codec),
                codec,
                projects,
                project -> logs(project, host),
                CapturedChunks::visit));
    this.thread = Thread.ofPlatform().daemon().name("garbage").unstarted(this::serve);
  }

  /** Both homes, whichever the project has now; they are only looked at, so the epoch is none. */
  private List<IntentLog> logs(ProjectId project, UUID host) {
    var nobody = new Fence(project, 0, host, host);
    var codec = stores.blocks().codec();
    return List.of(
        new HostIntentLog(stores.hostLogs(), codec, nobody),
        new QuorumIntentLog(stores.metadata().heads(), codec, nobody));
  }

  void start() {
    thread.start();
  }

  /** Begins a run unless one is under way. */
  GarbageStatus request() {
    lock.lock();
    try {
      if (latest == null || latest.isOver()) {
        isWanted = true;
        begin();
        changed.signalAll();
      }
      return status();
    } finally {
      lock.unlock();
    }
  }

  /** As of now. */
  GarbageStatus status() {
    lock.lock();
    try {
      GarbageRun run = latest;
      return new GarbageStatus(
          run == null || run.isOver() ? run : at(run, run.phase(), run.done(), run.total()),
          stores.blocks().usedBytes(),
          config.period().toSeconds());
    } finally {
      lock.unlock();
    }
  }

  /** The same, once no run is under way, or after a moment. */
  GarbageStatus await() throws InterruptedException {
    lock.lock();
    try {
      long nanosLeft = MOMENT_NANOS;
      while (latest != null && !latest.isOver() && nanosLeft > 0) {
        nanosLeft = changed.awaitNanos(nanosLeft);
      }
      return status();
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

  private void serve() {
    try {
      while (awaitTurn()) {
        run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a request, or for the period to pass; false: it is over. */
  private boolean awaitTurn() throws InterruptedException {
    lock.lock();
    try {
      long nanosLeft = config.period().toNanos();
      while (!isStopping && !isWanted) {
        if (config.period().isZero()) {
          changed.await();
        } else if (nanosLeft > 0) {
          nanosLeft = changed.awaitNanos(nanosLeft);
        } else {
          begin();
          return true;
        }
      }
      isWanted = false;
      return !isStopping;
    } finally {
      lock.unlock();
    }
  }

  /** With the lock. */
  private void begin() {
    long number = latest == null ? 1 : latest.number() + 1;
    latestStartNanos = surroundings.nanoClock().getAsLong();
    String started =
        Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(surroundings.wallClock().getAsLong()))
            .toString();
    latest = new GarbageRun(number, started, 0, Phase.MARKING, 0, 0, null, null);
  }

  private void run() {
    try (Sweep sweep = stores.blocks().sweep(surroundings.random().nextLong())) {
      requireNoRestore(); // after the beginning: what a later one puts is marked
      graceStartNanos = surroundings.nanoClock().getAsLong();
      paidNanos = graceStartNanos;
      Sweep.Result result =
          collector.run(sweep, UNUSED_MAX, this::marking, this::awaitGrace, this::sweeping);
      log.info("garbage: {}", result);
      end(Phase.DONE, null, freed(result));
    } catch (CancellationException e) {
      end(Phase.STOPPED, null, null);
    } catch (IOException e) {
      log.warn("the garbage run failed, what it has not freed stays: {}", e.getMessage());
      end(Phase.FAILED, String.valueOf(e.getMessage()), null);
    } catch (RuntimeException e) {
      log.error("the garbage run hit a defect", e);
      end(Phase.FAILED, "a defect stopped it (" + e + "); the log has more", null);
    }
  }

  private void requireNoRestore() throws IOException {
    if (Files.exists(restoring)) {
      throw new IOException(
          "a restore is not finished, and nothing refers yet to what it brought; run ./salvus restore again, or delete %s to give it up"
              .formatted(restoring));
    }
  }

  private static GarbageRun.Freed freed(Sweep.Result result) {
    return new GarbageRun.Freed(
        result.chunks(),
        result.bytes(),
        result.packsDeleted(),
        result.packsRewritten(),
        result.bytesMoved(),
        result.liveBytes(),
        result.unusedBytes(),
        result.packsUnreadable());
  }

  private void marking(long nodes, int projectsDone, int projects) {
    show(Phase.MARKING, projectsDone, projects);
  }

  private void awaitGrace() {
    show(Phase.WAITING, 0, 0);
    awaitUntil(graceStartNanos + config.grace().toNanos());
  }

  private void sweeping(long bytes, long done, long total) {
    show(Phase.SWEEPING, done, total);
    long now = surroundings.nanoClock().getAsLong();
    // No credit for the time in which nothing was moved.
    paidNanos = Math.max(paidNanos, now) + nanosFor(bytes);
    awaitUntil(paidNanos);
  }

  private long nanosFor(long bytes) {
    return (long) ((double) bytes / config.bytesPerSecond() * TimeUnit.SECONDS.toNanos(1));
  }

  private void awaitUntil(long nanoTime) {
    lock.lock();
    try {
      long nanosLeft = nanoTime - surroundings.nanoClock().getAsLong();
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

  private void show(Phase phase, long done, long total) {
    lock.lock();
    try {
      stopIfAsked();
      latest = at(present(), phase, done, total);
    } finally {
      lock.unlock();
    }
  }

  private void stopIfAsked() {
    if (isStopping) {
      throw new CancellationException("the daemon ends");
    }
  }

  private void end(Phase phase, @Nullable String failure, GarbageRun.@Nullable Freed freed) {
    lock.lock();
    try {
      GarbageRun run = at(present(), phase, 0, 0);
      latest =
          new GarbageRun(run.number(), run.started(), run.seconds(), phase, 0, 0, failure, freed);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private GarbageRun present() {
    return Objects.requireNonNull(latest, "no run has begun");
  }

  private GarbageRun at(GarbageRun run, Phase phase, long done, long total) {
    long nanos = surroundings.nanoClock().getAsLong() - latestStartNanos;
    return new GarbageRun(
        run.number(),
        run.started(),
        TimeUnit.NANOSECONDS.toSeconds(nanos),
        phase,
        done,
        total,
        null,
        null);
  }
}
