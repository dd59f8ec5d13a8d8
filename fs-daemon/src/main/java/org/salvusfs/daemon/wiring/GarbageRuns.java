package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.data.CapturedChunks;
import org.salvusfs.daemon.management.Bill;
import org.salvusfs.daemon.management.GarbageRun;
import org.salvusfs.daemon.management.GarbageRun.Phase;
import org.salvusfs.daemon.management.GarbageStatus;
import org.salvusfs.daemon.metrics.RunMeters;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.garbage.Collector;
import org.salvusfs.metadata.garbage.Marker;
import org.salvusfs.metadata.garbage.StoredSpace;
import org.salvusfs.metadata.log.HostIntentLog;
import org.salvusfs.metadata.log.QuorumIntentLog;
import org.salvusfs.metadata.tree.StoredNodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects garbage when somebody asks for it and, with a period, by itself. When the last run was
 * done and what it has counted are kept in a file, for the daemon that starts next. Thread-safe.
 */
final class GarbageRuns implements Runs.Work<GarbageRun>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GarbageRuns.class);

  /** Garbage that is not worth moving what lies beside it, as a share of what is in use. */
  private static final double UNUSED_MAX = 0.05;

  private final Stores stores;
  private final DaemonConfig.Garbage config;
  private final Surroundings surroundings;
  private final Path restoring;
  private final KeptFile<Kept> file;
  private final Collector collector;
  private final RunMeters meters;
  private final Runs<GarbageRun> runs;

  private final AtomicInteger arrivals = new AtomicInteger();

  /** When the latest run began. */
  private volatile long latestStartNanos;

  private volatile @Nullable Kept kept;

  /** When the next is due, if there is a period. */
  private volatile long dueNanos;

  /**
   * What outlives the daemon.
   *
   * @param run the latest one that was done
   * @param spaces what projects took then, by their ids
   */
  record Kept(GarbageRun run, Map<String, StoredSpace> spaces) {
    Kept {
      Objects.requireNonNull(spaces, "spaces");
      Instant.parse(run.started());
    }

    private static Kept of(GarbageRun run, Map<ProjectId, StoredSpace> spaces) {
      var byId = new HashMap<String, StoredSpace>();
      spaces.forEach((project, space) -> byId.put(project.toString(), space));
      return new Kept(run, byId);
    }

    private Instant end() {
      return Instant.parse(run.started()).plusSeconds(run.seconds());
    }

    private Optional<Bill.Stored> stored(ProjectId project) {
      return Optional.ofNullable(spaces.get(project.toString()))
          .map(
              space ->
                  new Bill.Stored(
                      run.started(),
                      space.liveBytes(),
                      space.bytes(),
                      space.sharedBytes(),
                      space.errorBytes()));
    }
  }

  /**
   * Runs begin after {@link #start}.
   *
   * @param host this one, whose logs are looked at
   * @param restoring a file that is there as long as chunks are put that nothing refers to yet
   * @param file holds what is kept
   */
  GarbageRuns(
      Stores stores,
      Projects projects,
      DaemonConfig.Garbage config,
      UUID host,
      Path restoring,
      Path file,
      Surroundings surroundings,
      RunMeters meters) {
    this.stores = stores;
    this.config = config;
    this.surroundings = surroundings;
    this.restoring = restoring;
    this.file = new KeptFile<>(file, Kept.class);
    this.meters = meters;
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
    Kept last = this.file.read().orElse(null);
    this.kept = last;
    this.runs =
        new Runs<>("garbage", surroundings.nanoClock(), last == null ? null : last.run(), this);
    if (last != null) {
      meters.ended(last.end());
    }
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
    Kept last = kept;
    Duration since =
        last == null ? Duration.ZERO : Duration.between(last.end(), surroundings.now());
    // A clock may have been put back.
    Duration left = since.isNegative() ? config.period() : config.period().minus(since);
    dueNanos = now() + (left.isNegative() ? 0 : left.toNanos());
    runs.start();
  }

  /** Begins a run unless one is under way. */
  GarbageStatus request() {
    runs.request();
    return status();
  }

  /** What a project's chunks take, as the last run that was done has counted them. */
  Optional<Bill.Stored> stored(ProjectId project) {
    return Optional.ofNullable(kept).flatMap(last -> last.stored(project));
  }

  /** As of now. */
  GarbageStatus status() {
    GarbageRun run = runs.latest();
    return new GarbageStatus(
        run == null || run.isOver() ? run : at(run, run.phase(), run.done(), run.total()),
        stores.blocks().usedBytes(),
        config.period().toSeconds());
  }

  /** The same, once no run is under way, or after a moment. */
  GarbageStatus await() throws InterruptedException {
    runs.await();
    return status();
  }

  @Override
  public void close() throws InterruptedException {
    runs.close();
  }

  @Override
  public long nanosUntilDue() {
    return config.period().isZero() ? Runs.NEVER : dueNanos - now();
  }

  @Override
  public GarbageRun begin(@Nullable GarbageRun before) {
    latestStartNanos = now();
    String started = surroundings.now().truncatedTo(ChronoUnit.SECONDS).toString();
    long number = before == null ? 1 : before.number() + 1;
    return new GarbageRun(number, started, 0, Phase.MARKING, 0, 0, null, null);
  }

  @Override
  public boolean isOver(GarbageRun run) {
    return run.isOver();
  }

  @Override
  public GarbageRun run(GarbageRun begun) {
    try (Sweep sweep = stores.blocks().sweep(surroundings.random().nextLong())) {
      requireNoRestore(); // after the beginning: what a later one puts is marked
      requireNoArrival(); // likewise
      long graceStartNanos = now();
      Collector.Outcome outcome =
          collector.run(
              sweep, UNUSED_MAX, this::marking, () -> awaitGrace(graceStartNanos), this::sweeping);
      Sweep.Result result = outcome.swept();
      log.info("garbage: {}", result);
      meters.ended(surroundings.now());
      GarbageRun done = end(begun, Phase.DONE, null, freed(result));
      keep(Kept.of(done, outcome.stored()));
      return done;
    } catch (CancellationException e) {
      return end(begun, Phase.STOPPED, null, null);
    } catch (IOException e) {
      log.warn("the garbage run failed, what it has not freed stays: {}", e.getMessage());
      meters.failed();
      return end(begun, Phase.FAILED, String.valueOf(e.getMessage()), null);
    } catch (RuntimeException e) {
      log.error("the garbage run hit a defect", e);
      meters.failed();
      return end(begun, Phase.FAILED, "a defect stopped it (" + e + "); the log has more", null);
    } finally {
      dueNanos = now() + config.period().toNanos();
    }
  }

  private void keep(Kept now) {
    kept = now;
    file.write(now);
  }

  private void requireNoRestore() throws IOException {
    if (Files.exists(restoring)) {
      throw new IOException(
          "a restore is not finished, and nothing refers yet to what it brought; run ./salvus restore again, or delete %s to give it up"
              .formatted(restoring));
    }
  }

  private void requireNoArrival() throws IOException {
    if (arrivals.get() > 0) {
      throw new IOException(
          "a stream is being received, and nothing refers yet to what it brought; run ./salvus gc run when that is done");
    }
  }

  /** Contents that are put and that no tree refers to until all of them are there. */
  interface Arrival extends AutoCloseable {
    @Override
    void close();
  }

  /** Lets no run begin until the arrival is closed; one that is under way spares what is put. */
  Arrival arrive() {
    arrivals.incrementAndGet();
    return arrivals::decrementAndGet;
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

  private void awaitGrace(long graceStartNanos) {
    show(Phase.WAITING, 0, 0);
    runs.awaitUntil(graceStartNanos + config.grace().toNanos());
  }

  private void sweeping(long bytes, long done, long total) {
    show(Phase.SWEEPING, done, total);
    runs.pay(bytes, config.bytesPerSecond());
  }

  private void show(Phase phase, long done, long total) {
    runs.show(run -> at(run, phase, done, total));
  }

  private GarbageRun end(
      GarbageRun run, Phase phase, @Nullable String failure, GarbageRun.@Nullable Freed freed) {
    long seconds = at(run, phase, 0, 0).seconds();
    return new GarbageRun(run.number(), run.started(), seconds, phase, 0, 0, failure, freed);
  }

  private GarbageRun at(GarbageRun run, Phase phase, long done, long total) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(now() - latestStartNanos);
    return new GarbageRun(run.number(), run.started(), seconds, phase, done, total, null, null);
  }

  private long now() {
    return surroundings.nanoClock().getAsLong();
  }
}
