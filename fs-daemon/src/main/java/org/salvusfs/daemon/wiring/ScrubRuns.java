package org.salvusfs.daemon.wiring;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.management.ScrubReport;
import org.salvusfs.daemon.management.ScrubStatus;
import org.salvusfs.daemon.metrics.ScrubMeters;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.MetadataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies all packs of this host when somebody asks for it and, with a period, by itself. How far
 * it is and what it found are kept in a file, written every half a minute at most, so that a daemon
 * that starts goes on where the one before it ended; what was read since is read again, and damage
 * that was found since is reported again. Thread-safe.
 */
final class ScrubRuns implements Runs.Work<ScrubRuns.Run>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ScrubRuns.class);
  private static final Duration SAVE_EVERY = Duration.ofSeconds(30);

  /** What is listed in a report, and made an event. */
  private static final int DAMAGE_MAX = 1000;

  /** By which share of the period a run may come early, so that hosts do not all scrub at once. */
  private static final double JITTER = 0.1;

  /** How long one look at the wall clock is good for. */
  private static final Duration LOOK_EVERY = Duration.ofHours(1);

  private final BlockStore blocks;
  private final EventLog events;
  private final DaemonConfig.Scrub config;
  private final KeptFile<Kept> file;
  private final Surroundings surroundings;
  private final ScrubMeters meters;
  private final Duration period;
  private final Runs<Run> runs;

  private volatile Kept kept;

  /** A run and how far it is. */
  record Run(int pack, long offset, ScrubReport report) {
    private PackPlace place() {
      return new PackPlace(pack, offset);
    }
  }

  /**
   * What outlives the daemon.
   *
   * @param since from when the period counts: the end of the last run, or the first start; ISO 8601
   * @param run what is to be gone on with; null: nothing
   */
  record Kept(String since, @Nullable Run run, @Nullable ScrubReport last) {}

  /**
   * Runs begin after {@link #start}.
   *
   * @param file holds how far it is
   */
  ScrubRuns(
      BlockStore blocks,
      EventLog events,
      DaemonConfig.Scrub config,
      Path file,
      Surroundings surroundings,
      ScrubMeters meters) {
    this.blocks = blocks;
    this.events = events;
    this.config = config;
    this.file = new KeptFile<>(file, Kept.class);
    this.surroundings = surroundings;
    this.meters = meters;
    double early = JITTER * surroundings.random().nextDouble();
    this.period = config.period().minusSeconds((long) (config.period().toSeconds() * early));
    this.kept = this.file.read().orElseGet(() -> new Kept(now(), null, null));
    this.runs = new Runs<>("scrub", surroundings.nanoClock(), kept.run(), this);
    ScrubReport last = kept.last();
    if (last != null && last.ended() != null) {
      if (last.failure() == null) {
        meters.runs().ended(Instant.parse(last.ended()));
      }
      meters.damage(places(last));
    }
  }

  void start() {
    keep(kept);
    runs.start();
  }

  /** Begins a run unless one is under way. */
  ScrubStatus request() {
    runs.request();
    return status();
  }

  /** As of now. */
  ScrubStatus status() {
    Run run = runs.latest();
    ScrubReport running = run == null || isOver(run) ? null : run.report();
    Kept now = kept;
    boolean isDue = running == null && !config.period().isZero();
    return new ScrubStatus(running, now.last(), isDue ? due(now).toString() : null);
  }

  /** The same, once no run is under way, or after a moment. */
  ScrubStatus await() throws InterruptedException {
    runs.await();
    return status();
  }

  @Override
  public void close() throws InterruptedException {
    runs.close();
  }

  @Override
  public long nanosUntilDue() {
    if (config.period().isZero()) {
      return Runs.NEVER;
    }
    var left = Duration.between(surroundings.now(), due(kept));
    return (left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY).toNanos();
  }

  private Instant due(Kept of) {
    return Instant.parse(of.since()).plus(period);
  }

  @Override
  public Run begin(@Nullable Run before) {
    var report = new ScrubReport(now(), null, 0, 0, 0, List.of(), 0, null);
    return new Run(PackPlace.START.pack(), PackPlace.START.offset(), report);
  }

  @Override
  public boolean isOver(Run run) {
    return run.report().isOver();
  }

  @Override
  public Run run(Run begun) {
    var scrub = new Scrub(begun);
    keep(new Kept(kept.since(), begun, kept.last()));
    meters.damage(places(begun.report()));
    try {
      blocks.verify(begun.place(), scrub);
      return ended(scrub.run, null);
    } catch (CancellationException e) {
      keep(new Kept(kept.since(), scrub.run, kept.last()));
      return scrub.run;
    } catch (BlockStoreException e) {
      log.warn("the scrub failed: {}", e.getMessage());
      return ended(scrub.run, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("the scrub hit a defect", e);
      return ended(scrub.run, "a defect stopped it (" + e + "); the log has more");
    }
  }

  private Run ended(Run run, @Nullable String failure) {
    ScrubReport at = run.report();
    String end = now();
    var report =
        new ScrubReport(
            at.started(),
            end,
            at.bytes(),
            at.totalBytes(),
            at.blocks(),
            at.damage(),
            at.unlisted(),
            failure);
    log.info(
        "scrub: {} bytes and {} blocks read, {} damaged places",
        report.bytes(),
        report.blocks(),
        places(report));
    if (failure == null) {
      meters.runs().ended(Instant.parse(end));
    } else {
      meters.runs().failed();
    }
    keep(new Kept(end, null, report));
    return new Run(run.pack(), run.offset(), report);
  }

  private static long places(ScrubReport report) {
    return report.damage().size() + report.unlisted();
  }

  private String now() {
    return surroundings.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void keep(Kept now) {
    kept = now;
    file.write(now);
  }

  /** What one run has found, on the thread of the runs. */
  private final class Scrub implements BlockVisitor {
    private final long bytesBefore;
    private final List<ScrubReport.Damage> damage;
    private long unlisted;
    private long blocksIntact;
    private long doneBytes;
    private long savedNanos = surroundings.nanoClock().getAsLong();
    private Run run;

    Scrub(Run begun) {
      ScrubReport before = begun.report();
      this.bytesBefore = before.bytes();
      this.damage = new ArrayList<>(before.damage());
      this.unlisted = before.unlisted();
      this.blocksIntact = before.blocks();
      this.run = begun;
    }

    @Override
    public void intact(BlockId id, int sealedBytes) {
      blocksIntact++;
    }

    @Override
    public void damaged(Damage found) {
      BlockId id = found.id();
      var place =
          new ScrubReport.Damage(
              found.pack(), found.offset(), id == null ? null : id.toString(), found.reason());
      String text =
          "%s at %d%s: %s"
              .formatted(
                  place.pack(),
                  place.offset(),
                  place.block() == null ? "" : ", block " + place.block(),
                  place.reason());
      log.error("scrub found damage: {}", text);
      if (damage.size() < DAMAGE_MAX) {
        damage.add(place);
        write(text);
      } else {
        unlisted++;
      }
      meters.damage(damage.size() + unlisted);
    }

    private void write(String text) {
      String detail = "on " + surroundings.hostName() + ": " + text;
      try {
        events.add(new Event(Event.NO_PROJECT, surroundings.now(), "scrub-damage", detail));
      } catch (MetadataException e) {
        log.warn("an event is lost: {}", detail, e);
      }
    }

    @Override
    public void progress(PackPlace reached, long done, long total) {
      ScrubReport at = run.report();
      var report =
          new ScrubReport(
              at.started(),
              null,
              bytesBefore + done,
              bytesBefore + total,
              blocksIntact,
              damage.size() == at.damage().size() ? at.damage() : List.copyOf(damage),
              unlisted,
              null);
      run = new Run(reached.pack(), reached.offset(), report);
      long bytes = done - doneBytes;
      doneBytes = done;
      meters.read(bytes);
      long now = surroundings.nanoClock().getAsLong();
      if (now - savedNanos > SAVE_EVERY.toNanos()) {
        savedNanos = now;
        keep(new Kept(kept.since(), run, kept.last()));
      }
      runs.show(before -> run);
      runs.pay(bytes, config.bytesPerSecond());
    }
  }
}
