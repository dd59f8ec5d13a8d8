package org.salvusfs.metadata.txg;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.sim.Fault;

class SnapshotsTest {
  @RegisterExtension
  static final Muted MUTED = new Muted(Committer.class, Retirement.class, Snapshots.class);

  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final ProjectId CLONE = new ProjectId(new UUID(11, 12));
  private static final byte[] NAME = {'x'};

  private final Random random = new Random(3);
  private SnapshotWorld world;

  SnapshotsTest() throws IOException {
    world = SnapshotWorld.fresh();
  }

  @Test
  void create_nameTaken_isEmptyAndChangesNothing() throws IOException {
    world.change(random, 10);
    world.create("a");
    world.change(random, 10);
    assertTrue(world.snapshots().create("a", Snapshot.Kind.AUTO, "", NOW).isEmpty());
    world.checkSnapshots();
    world.checkLive();
  }

  @Test
  void create_nothingChanged_isTheSameTreeAgain() throws IOException {
    world.change(random, 10);
    var first = world.create("a");
    var second = world.create("b");
    assertEquals(first.root(), second.root());
    assertTrue(first.created().isBefore(second.created()));
    assertEquals(Deletion.DELETING, world.snapshots().delete(first.created()));
    world.copies.remove(first.created());
    world.change(random, 200);
    world.opened.transactions().commit();
    world.checkSnapshots();
  }

  @Test
  void delete_heldOrUnknown_isAValue() throws IOException {
    var held = world.create("a");
    world.rig.metadata.snapshots().hold(world.rig.project, held.created(), "backup");
    assertEquals(Deletion.HELD, world.snapshots().delete(held.created()));
    assertEquals(Deletion.UNKNOWN, world.snapshots().delete(held.created().plusMillis(5)));
    world.checkSnapshots();
  }

  @Test
  void rollBack_unknownOrNameTaken_changesNothing_andOperationsGoOn() throws IOException {
    world.change(random, 10);
    var first = world.create("a");
    world.change(random, 10);
    assertInstanceOf(
        Snapshots.RolledBack.Unknown.class,
        world.snapshots().rollBack(first.created().plusMillis(1), "b", "", NOW));
    assertInstanceOf(
        Snapshots.RolledBack.NameTaken.class,
        world.snapshots().rollBack(first.created(), "a", "", NOW));
    world.change(random, 10);
    world.checkLive();
    world.checkSnapshots();
  }

  @Test
  void rollBack_manyTimes_forgetsWhatNoSnapshotNeeds() throws IOException {
    world.change(random, 50);
    var first = world.create("first");
    for (int i = 0; i < 30; i++) {
      world.change(random, 20);
      world.rollBack(first.created(), "before " + i);
      var before = world.copies.lastKey();
      assertEquals(Deletion.DELETING, world.snapshots().delete(before));
      world.copies.remove(before);
    }
    byte[] lineage = requireNonNull(world.opened.transactions().view().get(Keys.lineage()));
    assertEquals(16 + 16, lineage.length);
    finishExactly();
  }

  /** Both keys are set by one operation: a moment in which they differ never was. */
  @Test
  void create_whileOperationsRun_isTheStateOfOneMoment() throws Exception {
    var stop = new AtomicBoolean();
    var transactions = world.opened.transactions();
    Callable<Long> writer =
        () -> {
          long count = 0;
          while (!stop.get()) {
            transactions.awaitRoom(0);
            byte[] value = ByteBuffer.allocate(8).putLong(count++).array();
            try (Tx tx = transactions.begin(TxKind.NAMESPACE)) {
              tx.put(Keys.xattr(2, NAME), value);
              tx.put(Keys.xattr(300, NAME), value);
              tx.apply();
            }
          }
          return count;
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writing = threads.submit(writer);
      for (int i = 0; i < 30; i++) {
        var snapshot = world.snapshots().create("s" + i, Snapshot.Kind.AUTO, "", NOW).orElseThrow();
        var view = world.rig.storedTree().view(snapshot.root());
        assertArrayEquals(view.get(Keys.xattr(2, NAME)), view.get(Keys.xattr(300, NAME)));
        if (i % 3 == 2) {
          var to = world.snapshots().list().getFirst();
          assertInstanceOf(
              Snapshots.RolledBack.Done.class,
              world.snapshots().rollBack(to.created(), "before " + i, "", NOW));
        }
        if (i % 2 == 1) {
          var oldest = world.snapshots().list().getFirst();
          assertEquals(Deletion.DELETING, world.snapshots().delete(oldest.created()));
        }
      }
      stop.set(true);
      assertTrue(writing.get() > 0);
    }
    world.live = SnapshotWorld.items(transactions.view());
    finishExactly();
  }

  @Test
  void rollBack_whileTheStoreIsAway_failsAndChangesNothing() throws IOException {
    world.change(random, 10);
    var first = world.create("a");
    world.change(random, 10);
    world.rig.metadata.faults().away(true);
    assertThrows(
        MetadataException.Unavailable.class,
        () -> world.snapshots().rollBack(first.created(), "b", "", NOW));
    world.rig.metadata.faults().away(false);
    world.change(random, 10);
    world.checkLive();
    world.checkSnapshots();
  }

  /** Whatever goes wrong with one operation, the same process goes on and nothing is left over. */
  @ParameterizedTest
  @EnumSource
  void faultAnywhere_inEachStep_leavesAllOrNothing(Fault fault) throws IOException {
    for (int step = 0; step < 4; step++) {
      for (int operation = 0; operation < 12; operation++) {
        try {
          oneFault(step, operation, fault);
        } catch (IOException | RuntimeException | AssertionError e) {
          throw new AssertionError("step " + step + ", operation " + operation, e);
        }
      }
    }
  }

  private void oneFault(int step, int operation, Fault fault) throws IOException {
    world = SnapshotWorld.fresh();
    for (int i = 0; i < 20; i++) {
      world.change(random, 20);
    }
    var first = world.create("first");
    world.change(random, 30);
    world.create("second");
    world.change(random, 30);
    var live = new TreeMap<>(world.live);
    var faults = world.rig.metadata.faults();
    faults.plan(faults.operations() + operation, fault);
    try {
      switch (step) {
        case 0 -> world.snapshots().create("third", Snapshot.Kind.AUTO, "", NOW);
        case 1 -> world.snapshots().delete(first.created());
        case 2 -> world.snapshots().rollBack(first.created(), "before", "", NOW);
        default -> world.snapshots().createFor(CLONE, SnapshotWorld.MAKER, NOW);
      }
      world.snapshots().sweep();
    } catch (MetadataException.Unavailable e) {
      assertTrue(e.toString().contains("simulated"), e.toString());
    }
    faults.stopPlanned();
    SnapshotWorld.clones(world.rig.metadata).forgetStrays(world.rig.project);
    world.snapshots().sweep();
    for (Snapshot snapshot : world.snapshots().list()) {
      world.copies.putIfAbsent(snapshot.created(), new TreeMap<>(live));
    }
    if (world.rig.metadata.snapshots().find(world.rig.project, "first") == null) {
      world.copies.remove(first.created());
    }
    var now = SnapshotWorld.items(world.opened.transactions().view());
    world.live =
        new TreeMap<>(now.equals(live) ? live : requireNonNull(world.copies.get(first.created())));
    world.checkLive();
    world.checkSnapshots();
    world.change(random, 30);
    world.opened.transactions().commit();
    world.checkSnapshots();
    finishExactly();
  }

  /** Deletes all snapshots: what is stored then is the live tree, and nothing else. */
  private void finishExactly() throws IOException {
    var all = new ArrayList<>(world.snapshots().list());
    for (Snapshot snapshot : all) {
      assertEquals(Deletion.DELETING, world.snapshots().delete(snapshot.created()));
    }
    world.checkLive();
    world.opened.transactions().close();
    assertEquals(List.of(), world.rig.metadata.snapshots().listAll(world.rig.project));
    assertEquals(world.reachable(true), world.rig.metadata.nodeIds());
  }
}
