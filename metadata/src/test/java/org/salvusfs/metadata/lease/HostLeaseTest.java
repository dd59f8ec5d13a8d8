package org.salvusfs.metadata.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.sim.SimulatedMetadata;

/**
 * The thread around {@link Renewal}, on real time: conditions are awaited, durations not tested.
 */
class HostLeaseTest {
  @RegisterExtension static final Muted MUTED = new Muted(HostLease.class);

  private static final UUID HOST = new UUID(1, 1);
  private static final LeaseOptions QUICK =
      new LeaseOptions(
          Duration.ofMillis(10),
          Duration.ofMillis(5),
          Duration.ofMillis(300),
          Duration.ofMillis(50),
          Duration.ofSeconds(20));

  private final SimulatedMetadata store = new SimulatedMetadata();
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final HostLease lease = lease(QUICK);

  @AfterEach
  void stop() {
    lease.close();
    scheduler.shutdownNow();
  }

  @Test
  void awaitValid_afterStart_returnsAndTheBeatGoesOn() throws Exception {
    assertFalse(lease.isValid());
    lease.start();
    lease.awaitValid();
    long beat = row().beat();
    await(() -> row().beat() > beat + 3);
    assertTrue(lease.term() > 0);
  }

  @Test
  void isValid_whileTheStoreIsAway_endsAndComesBackInANewTerm() throws Exception {
    lease.start();
    lease.awaitValid();
    long term = lease.term();
    store.faults().away(true);
    await(() -> !lease.isValid());
    store.faults().away(false);
    lease.awaitValid();
    assertNotEquals(term, lease.term());
  }

  @Test
  void isValid_whenAnotherProcessIsThisHost_endsForGood() throws Exception {
    lease.start();
    lease.awaitValid();
    var usurper = new HostRow(HOST, new UUID(8, 8), row().beat() + 1000, "usurper");
    // A renewal that is under way may overwrite the row once.
    await(
        () -> {
          write(usurper);
          return !lease.isValid();
        });
    assertThrows(MetadataException.Unavailable.class, lease::awaitValid);
    assertEquals(usurper, row());
  }

  @Test
  void awaitValid_withoutRenewal_givesUpAfterItsPatience() {
    var impatient =
        new LeaseOptions(
            QUICK.renewEvery(),
            QUICK.retryEvery(),
            QUICK.validFor(),
            QUICK.margin(),
            Duration.ofMillis(1));
    try (var never = lease(impatient)) {
      assertThrows(MetadataException.Unavailable.class, never::awaitValid);
    }
  }

  @Test
  void awaitValid_whenClosedMeanwhile_givesUp() throws Exception {
    var waiter =
        new FutureTask<>(
            () -> assertThrows(MetadataException.Unavailable.class, lease::awaitValid));
    Thread.ofVirtual().start(waiter);
    lease.close();
    assertNotNull(waiter.get(20, TimeUnit.SECONDS));
  }

  @Test
  void awaitValid_interrupted_givesUpAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertThrows(MetadataException.Unavailable.class, lease::awaitValid);
    assertTrue(Thread.interrupted());
  }

  private HostLease lease(LeaseOptions options) {
    return new HostLease(
        store.hosts(), HOST, new UUID(7, 7), "test", options, System::nanoTime, scheduler);
  }

  private void write(HostRow row) {
    try {
      store.hosts().write(row);
    } catch (MetadataException e) {
      throw new AssertionError(e);
    }
  }

  private HostRow row() {
    try {
      return Objects.requireNonNull(store.hosts().read(HOST));
    } catch (MetadataException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited too long");
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
