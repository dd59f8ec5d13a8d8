package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
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

/** Collects garbage when somebody asks for it and, with a period, by itself. Thread-safe. */
final class GarbageRuns implements Runs.Work<GarbageRun>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GarbageRuns.class);

  /** Garbage that is not worth moving what lies beside it, as a share of what is in use. */
  private static final double UNUSED_MAX = 0.05;

  private final Stores stores;
  private final DaemonConfig.Garbage config;
  private final Surroundings surroundings;
  private final Path restoring;
  private final Collector collector;
  private final RunMeters meters;
  private final Runs<GarbageRun> runs;

  private final AtomicInteger arrivals = new AtomicInteger();

  /** When the latest run began. */
  private volatile long latestStartNanos;

  /** What the latest run that was done has counted. */
  private volatile @Nullable Counted counted;

  /** When the next is due, if there is a period. */
  private volatile long dueNanos;

  /**
   * What projects take.
   *
   * @param asOf when the run began, ISO 8601
   */
  private record Counted(String asOf, Map<ProjectId, StoredSpace> spaces) {
    Optional<Bill.Stored> of(ProjectId project) {
      return Optional.ofNullable(spaces.get(project))
          .map(
              space ->
                  new Bill.Stored(
                      asOf,
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
   */
  GarbageRuns(
      Stores stores,
      Projects projects,
      DaemonConfig.Garbage config,
      UUID host,
      Path restoring,
      Surroundings surroundings,
      RunMeters meters) {
    this.stores = stores;
    this.config = config;
    this.surroundings = surroundings;
    this.restoring = restoring;
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
    this.runs = new Runs<>("garbage", surroundings.nanoClock(), null, this);
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
    dueNanos = now() + config.period().toNanos();
    runs.start();
  }

  /** Begins a run unless one is under way. */
  GarbageStatus request() {
    runs.request();
    return status();
  }

  /** What a project's chunks take, as the last run of this daemon has counted them. */
  Optional<Bill.Stored> stored(ProjectId project) {
    Counted last = counted;
    return last == null ? Optional.empty() : last.of(project);
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
      counted = new Counted(begun.started(), outcome.stored());
      Sweep.Result result = outcome.swept();
      log.info("garbage: {}", result);
      meters.ended(surroundings.now());
      return end(begun, Phase.DONE, null, freed(result));
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
