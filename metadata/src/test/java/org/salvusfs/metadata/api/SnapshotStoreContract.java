package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.SnapshotStore.Creation;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;

/** What a {@link SnapshotStore} must do. */
public abstract class SnapshotStoreContract {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123Z");

  private final ProjectId project = new ProjectId(UUID.randomUUID());
  private final Fence fence = fence(3);

  protected abstract SnapshotStore snapshots() throws Exception;

  private Fence fence(long epoch) {
    return new Fence(project, epoch, new UUID(1, epoch), new UUID(2, epoch));
  }

  private Snapshot snapshot(String name, int secondsAfterNoon) {
    return new Snapshot(
        project,
        NOON.plusSeconds(secondsAfterNoon),
        name,
        new BlockId(1, 2, 3, secondsAfterNoon),
        Txgs.base(3) + secondsAfterNoon,
        1_000_000_000_000L,
        7,
        Snapshot.Kind.MANUAL,
        "for Übung ☃ 1",
        new Lineage(List.of(new Lineage.Fork(5, 9), new Lineage.Fork(9, 12))),
        Set.of(),
        Map.of(),
        false);
  }

  private SnapshotStore opened() throws Exception {
    var snapshots = snapshots();
    snapshots.open(fence);
    return snapshots;
  }

  @Test
  void list_unknownProject_isEmpty() throws Exception {
    assertEquals(List.of(), snapshots().list(project));
    assertEquals(List.of(), snapshots().listAll(project));
    assertNull(snapshots().find(project, "a"));
    assertEquals(Deletion.UNKNOWN, snapshots().delete(project, NOON));
    assertFalse(snapshots().hold(project, NOON, "tag"));
    assertFalse(snapshots().release(project, NOON, "tag"));
    assertFalse(snapshots().addClone(project, NOON, project, new UUID(8, 8)));
  }

  @Test
  void forget_leavesNothing() throws Exception {
    var snapshots = opened();
    var snapshot = snapshot("only", 1);
    assertEquals(Creation.CREATED, snapshots.create(fence, snapshot));
    assertEquals(Deletion.DELETING, snapshots.delete(project, snapshot.created()));
    snapshots.remove(fence, snapshot.created());
    for (int again = 0; again < 2; again++) {
      snapshots.forget(project);
      assertEquals(List.of(), snapshots.listAll(project));
    }
    assertThrows(IllegalStateException.class, () -> snapshots.create(fence, snapshot));
  }

  @Test
  void list_opened_isEmpty() throws Exception {
    assertEquals(List.of(), opened().listAll(project));
  }

  @Test
  void create_several_listsThemOldestFirstAsTheyWere() throws Exception {
    var snapshots = opened();
    var second = snapshot("second", 20);
    var first = snapshot("first", 10);
    assertEquals(Creation.CREATED, snapshots.create(fence, second));
    assertEquals(Creation.CREATED, snapshots.create(fence, first));
    assertEquals(List.of(first, second), snapshots.list(project));
    assertEquals(List.of(first, second), snapshots.listAll(project));
    assertEquals(first, snapshots.find(project, "first"));
    assertNull(snapshots.find(project, "third"));
  }

  @Test
  void count_isKept_untilItIsCountedAgain_andFencedAsAllChanges() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    var second = snapshot("second", 20).withSpace(new SnapshotSpace(-1, 7, 1, 2, 0));
    assertEquals(Creation.CREATED, snapshots.create(fence, first));
    assertEquals(Creation.CREATED, snapshots.create(fence, second));
    assertEquals(List.of(first, second), snapshots.list(project));
    var one = new SnapshotSpace(3, 4, Long.MAX_VALUE, 5, 6);
    var two = new SnapshotSpace(4, 5, 6, 7, 8);
    for (int again = 0; again < 2; again++) {
      snapshots.count(
          fence, Map.of(first.created(), one, second.created(), two, NOON.minusSeconds(1), one));
    }
    assertEquals(List.of(first.withSpace(one), second.withSpace(two)), snapshots.list(project));
    assertTrue(snapshots.hold(project, first.created(), "tag"));
    assertEquals(first.withSpace(one).withHolds(Set.of("tag")), snapshots.find(project, "first"));
    snapshots.count(fence, Map.of());
    snapshots.open(fence(4));
    assertThrows(Fenced.class, () -> snapshots.count(fence, Map.of(first.created(), two)));
    assertEquals(one, snapshots.list(project).getFirst().space());
  }

  @Test
  void create_again_isHarmless() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    assertEquals(Creation.CREATED, snapshots.create(fence, first));
    assertEquals(Creation.CREATED, snapshots.create(fence, first));
    assertEquals(List.of(first), snapshots.listAll(project));
  }

  @Test
  void create_nameOrInstantTaken_isRefusedAndChangesNothing() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    assertEquals(Creation.CREATED, snapshots.create(fence, first));
    assertEquals(Creation.NAME_TAKEN, snapshots.create(fence, snapshot("first", 11)));
    assertEquals(Creation.INSTANT_TAKEN, snapshots.create(fence, snapshot("other", 10)));
    assertEquals(List.of(first), snapshots.listAll(project));
  }

  @Test
  void create_byAnEarlierHolder_isFenced() throws Exception {
    var snapshots = opened();
    snapshots.open(fence(4));
    assertThrows(Fenced.class, () -> snapshots.create(fence, snapshot("late", 1)));
    assertThrows(Fenced.class, () -> snapshots.remove(fence, NOON));
    assertThrows(Fenced.class, () -> snapshots.open(fence));
    assertEquals(List.of(), snapshots.listAll(project));
    assertEquals(Creation.CREATED, snapshots.create(fence(4), snapshot("new", 1)));
  }

  @Test
  void open_again_keepsWhatIsThere() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    snapshots.create(fence, first);
    snapshots.open(fence);
    assertEquals(List.of(first), snapshots.list(project));
    snapshots.open(fence(9));
    assertEquals(List.of(first), snapshots.list(project));
  }

  @Test
  void delete_hidesItUntilItIsRemoved() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    var second = snapshot("second", 20);
    snapshots.create(fence, first);
    snapshots.create(fence, second);
    assertThrows(IllegalStateException.class, () -> snapshots.remove(fence, first.created()));
    assertEquals(Deletion.DELETING, snapshots.delete(project, first.created()));
    assertEquals(Deletion.DELETING, snapshots.delete(project, first.created()));
    assertEquals(List.of(second), snapshots.list(project));
    assertEquals(List.of(first.deleting(), second), snapshots.listAll(project));
    assertNull(snapshots.find(project, "first"));
    assertFalse(snapshots.hold(project, first.created(), "tag"));
    assertFalse(snapshots.addClone(project, first.created(), project, new UUID(8, 8)));
    assertEquals(Creation.INSTANT_TAKEN, snapshots.create(fence, first));
    var namesake = snapshot("first", 30);
    assertEquals(Creation.CREATED, snapshots.create(fence, namesake));
    snapshots.remove(fence, first.created());
    snapshots.remove(fence, first.created());
    assertEquals(List.of(second, namesake), snapshots.listAll(project));
    assertEquals(Deletion.UNKNOWN, snapshots.delete(project, first.created()));
  }

  @Test
  void hold_untilReleased_refusesDeletion() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    snapshots.create(fence, first);
    assertTrue(snapshots.hold(project, first.created(), "backup"));
    assertTrue(snapshots.hold(project, first.created(), "backup"));
    assertTrue(snapshots.hold(project, first.created(), "☃"));
    assertEquals(List.of(first.withHolds(Set.of("backup", "☃"))), snapshots.list(project));
    assertEquals(Deletion.HELD, snapshots.delete(project, first.created()));
    assertTrue(snapshots.release(project, first.created(), "backup"));
    assertFalse(snapshots.release(project, first.created(), "backup"));
    assertEquals(Deletion.HELD, snapshots.delete(project, first.created()));
    assertTrue(snapshots.release(project, first.created(), "☃"));
    assertEquals(List.of(first), snapshots.list(project));
    assertEquals(Deletion.DELETING, snapshots.delete(project, first.created()));
  }

  @Test
  void addClone_untilRemoved_keepsTheRow() throws Exception {
    var snapshots = opened();
    var first = snapshot("first", 10);
    var clone = new ProjectId(UUID.randomUUID());
    snapshots.create(fence, first);
    assertTrue(snapshots.addClone(project, first.created(), clone, new UUID(8, 8)));
    assertTrue(snapshots.addClone(project, first.created(), clone, new UUID(8, 8)));
    var cloned = first.withClones(Map.of(clone, new UUID(8, 8)));
    assertEquals(List.of(cloned), snapshots.list(project));
    assertEquals(Deletion.DELETING, snapshots.delete(project, first.created()));
    assertThrows(IllegalStateException.class, () -> snapshots.remove(fence, first.created()));
    assertEquals(List.of(cloned.deleting()), snapshots.listAll(project));
    snapshots.removeClone(project, first.created(), clone);
    snapshots.removeClone(project, first.created(), clone);
    snapshots.remove(fence, first.created());
    assertEquals(List.of(), snapshots.listAll(project));
  }

  @Test
  void create_sameNameAtOnce_oneWins() throws Exception {
    var snapshots = opened();
    var rivals = new ArrayList<Callable<Creation>>();
    for (int i = 0; i < 6; i++) {
      var rival = snapshot("race", i);
      rivals.add(() -> snapshots.create(fence, rival));
    }
    var outcomes = new ArrayList<Creation>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var future : threads.invokeAll(rivals)) {
        outcomes.add(future.get());
      }
    }
    assertEquals(1, outcomes.stream().filter(Creation.CREATED::equals).count());
    assertEquals(5, outcomes.stream().filter(Creation.NAME_TAKEN::equals).count());
    assertEquals(1, snapshots.listAll(project).size());
  }

  @Test
  void holdAndDelete_atOnce_neverBoth() throws Exception {
    var snapshots = opened();
    for (int round = 0; round < 5; round++) {
      var each = snapshot("round " + round, round);
      snapshots.create(fence, each);
      boolean held;
      Deletion deletion;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var holding = threads.submit(() -> snapshots.hold(project, each.created(), "tag"));
        var deleting = threads.submit(() -> snapshots.delete(project, each.created()));
        held = holding.get();
        deletion = deleting.get();
      }
      assertEquals(held ? Deletion.HELD : Deletion.DELETING, deletion);
    }
  }
}
