package org.salvusfs.metadata.txg;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.metadata.txg.SnapshotWorld.MAKER;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.snapshot.Clones;

/**
 * The process ends after each number of operations on the stores, in the middle of creating,
 * deleting, rolling back and cloning. The next one finds all or nothing, and finishes.
 */
class SnapshotCrashTest {
  @RegisterExtension static final Muted MUTED = new Muted(Committer.class, Retirement.class);

  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final int OPERATIONS_MAX = 300;
  private static final ProjectId CLONE = new ProjectId(new UUID(11, 12));
  private static final Project CLONED = new Project(CLONE, "clone", Durability.HOST, NOW);

  private Cut cut = new Cut();
  private SnapshotWorld world;
  private Snapshot first;
  private Snapshot second;

  /** What is interrupted. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException;
  }

  /** Looks at what the next process finds. */
  @FunctionalInterface
  private interface Verdict {
    /**
     * Checks the new process.
     *
     * @param live what was there when the step began
     */
    void check(Map<Key, String> live) throws IOException;
  }

  SnapshotCrashTest() throws IOException {
    world = SnapshotWorld.fresh();
    first = world.create("unused");
    second = first;
  }

  /** Two snapshots, and changes before, between and after them. */
  private void prepare(boolean isDirty) throws IOException {
    var random = new Random(5);
    cut = new Cut();
    world = SnapshotWorld.fresh();
    for (int i = 0; i < 40; i++) {
      world.change(random, 30);
    }
    first = world.create("first");
    world.change(random, 60);
    second = world.create("second");
    world.change(random, 60);
    world.opened.transactions().close();
    world.opened = world.rig.open(cut);
    if (isDirty) {
      world.change(random, 30);
      world.opened.transactions().log(0);
    }
  }

  /** Repeats the step, cut off one operation later each time, until it is not cut off any more. */
  private void sweep(boolean isDirty, Step step, Verdict verdict) throws IOException {
    int operations = 0;
    boolean came = false;
    while (!came) {
      prepare(isDirty);
      var live = new TreeMap<>(world.live);
      cut.after(operations);
      try {
        step.run();
        came = !cut.isDone();
      } catch (MetadataException.Fenced e) {
        assertTrue(cut.isDone());
      }
      cut.after(0);
      world.reopen();
      try {
        verdict.check(live);
        finish(isDirty);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("cut off after " + operations + " operations", e);
      }
      operations++;
      assertTrue(operations < OPERATIONS_MAX, "it never ends");
    }
    assertTrue(operations > 3, "too few operations to be true: " + operations);
  }

  /** Everything that a crash began can be finished; then nothing is left. */
  private void finish(boolean isDirty) throws IOException {
    world.snapshots().sweep();
    world.checkLive();
    world.checkSnapshots();
    for (Snapshot snapshot : world.snapshots().list()) {
      assertEquals(Deletion.DELETING, world.snapshots().delete(snapshot.created()));
    }
    world.opened.transactions().close();
    assertEquals(List.of(), world.rig.metadata.snapshots().listAll(world.rig.project));
    var needed = world.reachable(true);
    var stored = world.rig.metadata.nodeIds();
    assertTrue(stored.containsAll(needed), "needed nodes are gone");
    if (!isDirty) {
      assertEquals(needed.size(), stored.size(), "nodes that nobody needs");
    }
  }

  @Test
  void create_cutOffAnywhere_leavesNoneOrAWholeOne() throws IOException {
    sweep(
        true,
        () -> world.snapshots().create("third", Snapshot.Kind.AUTO, "", NOW),
        live -> {
          var third = world.rig.metadata.snapshots().find(world.rig.project, "third");
          if (third != null) {
            world.copies.put(third.created(), live);
          }
          world.checkLive();
          world.checkSnapshots();
        });
  }

  @Test
  void delete_cutOffAnywhere_leavesItWholeOrIsFinishedByTheNext() throws IOException {
    sweep(
        false,
        () -> world.snapshots().delete(first.created()),
        live -> {
          if (world.rig.metadata.snapshots().find(world.rig.project, "first") == null) {
            world.copies.remove(first.created());
          }
          world.checkLive();
          world.checkSnapshots();
        });
  }

  @Test
  void deleteOfBoth_cutOffAnywhere_leavesNothingBehind() throws IOException {
    sweep(
        false,
        () -> {
          world.rig.metadata.snapshots().delete(world.rig.project, first.created());
          world.snapshots().delete(second.created());
        },
        live -> {
          world.copies.remove(first.created());
          if (world.rig.metadata.snapshots().find(world.rig.project, "second") == null) {
            world.copies.remove(second.created());
          }
          world.checkLive();
          world.checkSnapshots();
        });
  }

  @Test
  void rollBack_cutOffAnywhere_isDoneOrNot() throws IOException {
    sweep(
        true,
        () -> world.snapshots().rollBack(first.created(), "before", "", NOW),
        live -> {
          var before = world.rig.metadata.snapshots().find(world.rig.project, "before");
          if (before != null) {
            world.copies.put(before.created(), live);
          }
          var now = SnapshotWorld.items(world.opened.transactions().view());
          if (!now.equals(live)) {
            assertNotNull(before, "nothing tells what was there before");
            world.live = requireNonNull(world.copies.get(first.created()));
          }
          world.checkLive();
          world.checkSnapshots();
        });
  }

  private Clones clones() {
    var stores = world.rig.metadata;
    return new Clones(
        cut.of(SnapshotStore.class, stores.snapshots()),
        cut.of(NodeStore.class, stores.nodes()),
        cut.of(HeadStore.class, stores.heads()),
        cut.of(ProjectStore.class, stores.projects()),
        stores.hosts());
  }

  /** The clone is nothing, or a project with these contents, whatever becomes of the snapshot. */
  private void checkClone(Map<Key, String> contents) throws IOException {
    var stores = world.rig.metadata;
    boolean isThere = stores.projects().find("clone") != null;
    SnapshotWorld.clones(stores).forgetStrays(world.rig.project);
    if (isThere) {
      var cloned = new SnapshotWorld(new Rig(CLONE, stores), contents);
      world.snapshots().sweep();
      cloned.checkLive();
      cloned.purge();
    } else {
      assertNull(stores.projects().find("clone"));
      stores.nodes().delete(leftovers());
    }
  }

  @Test
  void clone_cutOffAnywhere_isAProjectOrLeavesNothing() throws IOException {
    sweep(
        false,
        () ->
            clones().create(first, new Rig(CLONE, world.rig.metadata).storedTree(), CLONED, MAKER),
        live -> {
          assertEquals(Deletion.DELETING, world.snapshots().delete(first.created()));
          checkClone(requireNonNull(world.copies.remove(first.created())));
        });
  }

  @Test
  void cloneOfThePresent_cutOffAnywhere_isAProjectOrLeavesNothing() throws IOException {
    sweep(
        false,
        () -> {
          var tree = new Rig(CLONE, world.rig.metadata).storedTree();
          clones().begin(world.snapshots().createFor(CLONE, MAKER, NOW), tree, CLONED);
        },
        live -> {
          world.checkSnapshots();
          checkClone(live);
        });
  }

  /** What a clone that never came to be has stored: as after any commit that never happened. */
  private List<BlockId> leftovers() throws MetadataException {
    var needed = world.reachable(true);
    return world.rig.metadata.nodeIds().stream().filter(id -> !needed.contains(id)).toList();
  }
}
