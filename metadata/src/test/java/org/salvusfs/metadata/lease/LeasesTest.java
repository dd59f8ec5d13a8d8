package org.salvusfs.metadata.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.lease.OpenOutcome.HeldElsewhere;
import org.salvusfs.metadata.lease.OpenOutcome.Opened;
import org.salvusfs.metadata.sim.Fault;
import org.salvusfs.metadata.sim.SimulatedMetadata;

class LeasesTest {
  private static final ProjectId PROJECT = new ProjectId(new UUID(3, 4));
  private static final BlockId ROOT = new BlockId(1, 1, 1, 1);
  private static final UUID A = new UUID(1, 1);
  private static final UUID B = new UUID(1, 2);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What happens at each second of a watch. */
  private interface Meanwhile {
    void at(long second) throws MetadataException;
  }

  private final SimulatedMetadata store = new SimulatedMetadata();
  private long now = 17 * SECOND;
  private Meanwhile meanwhile = second -> {};

  @BeforeEach
  void createProject() throws MetadataException {
    store.heads().create(PROJECT, ROOT, 0);
  }

  @Test
  void open_freeProject_acquiresAtOnce() throws MetadataException {
    Leases leases = leases(A);
    Opened opened = assertInstanceOf(Opened.class, leases.open(PROJECT));
    assertEquals(1, opened.fence().epoch());
    assertEquals(new Head(PROJECT, 0, null, null, ROOT, 0), opened.before());
    assertEquals(List.of(opened.fence()), leases.held());
    assertEquals(17 * SECOND, now);
  }

  @Test
  void open_heldByAnEarlierProcessOfThisHost_acquiresAtOnce() throws MetadataException {
    Fence first = open(leases(A));
    Fence second = open(leases(A));
    assertEquals(2, second.epoch());
    assertThrows(MetadataException.Fenced.class, () -> store.heads().commit(first, ROOT, 1L << 32));
    assertEquals(17 * SECOND, now);
  }

  @Test
  void open_unknownProject_fails() {
    assertThrows(
        MetadataException.Missing.class, () -> leases(A).open(new ProjectId(new UUID(0, 0))));
  }

  @Test
  void open_heldByALivingHost_saysSoEarly() throws MetadataException {
    open(leases(A));
    var row = new HostRow(A, new UUID(9, 9), 2, "a");
    store.hosts().write(new HostRow(A, new UUID(9, 9), 1, "a"));
    meanwhile =
        second -> {
          if (second == 3) {
            store.hosts().write(row);
          }
        };
    assertEquals(new HeldElsewhere(row), leases(B).open(PROJECT));
    assertTrue(now < 22 * SECOND);
  }

  @Test
  void open_heldByAHostThatStandsStill_takesOverAfterTheLeaseAndTheMargin()
      throws MetadataException {
    open(leases(A));
    store.hosts().write(new HostRow(A, new UUID(9, 9), 1, "a"));
    assertEquals(2, open(leases(B)).epoch());
    assertTrue(now >= (17 + 12) * SECOND);
  }

  @Test
  void open_heldByAHostWithoutARow_takesOverAfterTheWatch() throws MetadataException {
    open(leases(A));
    assertEquals(2, open(leases(B)).epoch());
    assertTrue(now >= (17 + 12) * SECOND);
  }

  @Test
  void open_whenTheHolderCommitsDuringTheWatch_leavesItAlone() throws MetadataException {
    Fence fence = open(leases(A));
    meanwhile =
        second -> {
          if (second == 11) {
            store.heads().commit(fence, new BlockId(2, 2, 2, 2), (1L << 32) + 1);
          }
        };
    HeldElsewhere outcome = assertInstanceOf(HeldElsewhere.class, leases(B).open(PROJECT));
    assertEquals(A, outcome.holder().host());
  }

  @Test
  void open_whenAThirdHostIsFaster_watchesThatOne() throws MetadataException {
    open(leases(A));
    UUID third = new UUID(1, 3);
    meanwhile =
        second -> {
          if (second == 5) {
            Head head = Objects.requireNonNull(store.heads().read(PROJECT));
            store.heads().acquire(head, new Fence(PROJECT, 2, third, new UUID(9, 9)));
          }
        };
    assertEquals(3, open(leases(B)).epoch());
    assertTrue(now >= (17 + 24) * SECOND);
  }

  @Test
  void open_whoseAcquireWasCarriedOutWithoutAnAnswer_succeedsWhenRepeated()
      throws MetadataException {
    Leases leases = leases(A);
    store.faults().plan(store.faults().operations() + 1, Fault.APPLY_THEN_FAIL);
    assertThrows(MetadataException.Unavailable.class, () -> leases.open(PROJECT));
    assertEquals(2, open(leases).epoch());
  }

  @Test
  void release_letsAnotherHostOpenAtOnce() throws MetadataException {
    Leases leases = leases(A);
    Fence fence = open(leases);
    leases.release(fence);
    assertEquals(List.of(), leases.held());
    assertEquals(2, open(leases(B)).epoch());
    assertEquals(17 * SECOND, now);
  }

  @Test
  void release_ofALostProject_changesNothing() throws MetadataException {
    Leases leases = leases(A);
    Fence lost = open(leases);
    Fence winner = open(leases(B));
    leases.release(lost);
    assertEquals(B, Objects.requireNonNull(store.heads().read(PROJECT)).host());
    store.heads().release(winner);
    assertNull(Objects.requireNonNull(store.heads().read(PROJECT)).host());
  }

  @Test
  void forget_leavesTheHeadAsItIs() throws MetadataException {
    Leases leases = leases(A);
    leases.forget(open(leases));
    assertEquals(List.of(), leases.held());
    assertEquals(A, Objects.requireNonNull(store.heads().read(PROJECT)).host());
  }

  private static Fence open(Leases leases) throws MetadataException {
    return assertInstanceOf(Opened.class, leases.open(PROJECT)).fence();
  }

  private Leases leases(UUID host) {
    return new Leases(
        store.heads(),
        store.hosts(),
        host,
        UUID.randomUUID(),
        LeaseOptions.DEFAULT,
        () -> now,
        this::sleep);
  }

  private void sleep(long nanos) {
    long until = now + nanos;
    while (now < until) {
      now = Math.min(until, now + SECOND - now % SECOND);
      try {
        meanwhile.at(now / SECOND - 17);
      } catch (MetadataException e) {
        throw new AssertionError(e);
      }
    }
  }
}
