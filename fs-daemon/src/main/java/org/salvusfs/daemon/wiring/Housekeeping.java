package org.salvusfs.daemon.wiring;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a daemon does by itself, now and then: automatic snapshots, the bound of their space, and
 * what is due in the trash. It looks often whether something is due, which costs nothing, by the
 * wall clock, which may jump.
 */
final class Housekeeping {
  private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final Duration TRASH_EVERY = Duration.ofMinutes(10);

  /** Runs something while the daemon serves, and not while it is being replaced or ended. */
  @FunctionalInterface
  interface Gate {
    void whileServing(Runnable work);
  }

  private final AutomaticSnapshots snapshots;
  private final SnapshotSpaces spaces;
  private final Trash trash;
  private final LongSupplier wallClock;
  private final Gate gate;

  /** When the trash was looked at last. */
  private Instant trashSeen = Instant.MIN;

  /**
   * @param wallClock nanoseconds since 1970
   */
  Housekeeping(
      AutomaticSnapshots snapshots,
      SnapshotSpaces spaces,
      Trash trash,
      LongSupplier wallClock,
      Gate gate) {
    this.snapshots = snapshots;
    this.spaces = spaces;
    this.trash = trash;
    this.wallClock = wallClock;
    this.gate = gate;
  }

  /** Begins; whoever owns the executor ends it. */
  void start(ScheduledExecutorService executor) {
    long millis = LOOK_EVERY.toMillis();
    var _ =
        executor.scheduleWithFixedDelay(
            () -> gate.whileServing(this::look), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      var now = Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(wallClock.getAsLong()));
      spaces.goOn();
      snapshots.goOn(now);
      if (trashSeen.equals(Instant.MIN)
          || now.isBefore(trashSeen)
          || !now.isBefore(trashSeen.plus(TRASH_EVERY))) {
        trashSeen = now;
        trash.goOn();
      }
    } catch (RuntimeException e) {
      log.error("Defect in the housekeeping", e);
    }
  }
}
