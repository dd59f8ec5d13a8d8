package org.salvusfs.metadata.txg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.snapshot.Purge;

/**
 * Purges a project, a clone of it and a clone of the clone, in every order that matters. The
 * process ends after each number of operations on the stores; the next one finishes, and whatever
 * still lives is whole all the while.
 */
class PurgeCrashTest {
  @RegisterExtension static final Muted MUTED = new Muted(Committer.class, Retirement.class);

  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-21");
  private static final int OPERATIONS_MAX = 600;

  private Cut cut = new Cut();
  private SimulatedMetadata metadata = new SimulatedMetadata();
  private SnapshotWorld origin;
  private SnapshotWorld clone;
  private SnapshotWorld second;

  PurgeCrashTest() throws IOException {
    origin = SnapshotWorld.fresh();
    clone = origin;
    second = origin;
  }

  /** What is interrupted, or looked at. */
  @FunctionalInterface
  private interface Steps {
    void run() throws IOException;
  }

  private void prepare() throws IOException {
    var random = new Random(5);
    cut = new Cut();
    cut.after(Integer.MAX_VALUE);
    origin = SnapshotWorld.fresh();
    metadata = origin.rig.metadata;
    metadata.projects().create(new Project(origin.rig.project, "origin", Durability.HOST, NOW));
    metadata.events().add(new Event(origin.rig.project, NOW, "kind", "detail"));
    for (int i = 0; i < 25; i++) {
      origin.change(random, 30);
    }
    Snapshot a = origin.create("a");
    origin.change(random, 60);
    Snapshot b = origin.create("b");
    metadata.snapshots().hold(origin.rig.project, b.created(), "tag");
    origin.change(random, 60);
    origin.rollBack(a.created(), "before");
    origin.change(random, 60);
    clone = origin.clone(a, "clone");
    clone.change(random, 60);
    Snapshot ofClone = clone.create("s");
    clone.change(random, 60);
    clone.create("t");
    second = clone.clone(ofClone, "second");
    clone.change(random, 60);
    second.change(random, 60);
    second.create("u");
    for (SnapshotWorld each : List.of(origin, clone, second)) {
      each.opened.transactions().close();
    }
  }

  private Purge.Outcome purge(SnapshotWorld world) throws MetadataException {
    var id = world.rig.project;
    var project = metadata.projects().find(id);
    if (project == null) {
      return Purge.Outcome.GONE;
    }
    if (project.isLive()) {
      assertTrue(metadata.projects().move(id, Project.State.LIVE, Project.State.PURGING, NOW));
      project = project.withState(Project.State.PURGING, NOW);
    }
    Head seen = metadata.heads().read(id);
    Fence fence = null;
    if (seen != null) {
      fence = new Fence(id, seen.epoch() + 1, new UUID(3, 3), new UUID(5, seen.epoch() + 1));
      assertTrue(metadata.heads().acquire(seen, fence));
    }
    return new Purge(
            cut.of(SnapshotStore.class, metadata.snapshots()),
            cut.of(NodeStore.class, metadata.nodes()),
            cut.of(HeadStore.class, metadata.heads()),
            cut.of(ProjectStore.class, metadata.projects()),
            cut.of(EventLog.class, metadata.events()),
            cut.of(ProjectKeyStore.class, metadata.projectKeys()))
        .run(project, fence, world.rig.storedTree(), TODAY);
  }

  /** Runs the steps, cut off one operation later each time, and then once more to their end. */
  private void sweep(Steps steps, Steps afterwards) throws IOException {
    int operations = 0;
    boolean came = false;
    while (!came) {
      prepare();
      cut.after(operations);
      try {
        steps.run();
        came = !cut.isDone();
      } catch (MetadataException.Fenced e) {
        assertTrue(cut.isDone());
      }
      cut.after(Integer.MAX_VALUE);
      try {
        steps.run();
        afterwards.run();
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("cut off after " + operations + " operations", e);
      }
      operations++;
      assertTrue(operations < OPERATIONS_MAX, "it never ends");
    }
    assertTrue(operations > 10, "too few operations to be true: " + operations);
  }

  private boolean isLive(SnapshotWorld world) throws MetadataException {
    var project = metadata.projects().find(world.rig.project);
    return project != null && project.isLive();
  }

  private void checkGone(SnapshotWorld world) throws MetadataException {
    var id = world.rig.project;
    assertNull(metadata.projects().find(id));
    assertNull(metadata.heads().read(id));
    assertEquals(List.of(), metadata.snapshots().listAll(id));
    assertEquals(List.of(), metadata.events().newest(id, TODAY, 10, 10));
  }

  /** It holds what it held, live and in its snapshots, through another process. */
  private void checkWhole(SnapshotWorld world) throws IOException {
    world.reopen();
    world.checkLive();
    world.checkSnapshots();
    world.opened.transactions().close();
  }

  @Test
  void purge_youngestFirst_cutOffAnywhere_leavesNothing() throws IOException {
    sweep(
        () -> {
          assertEquals(Purge.Outcome.GONE, purge(second));
          assertEquals(Purge.Outcome.GONE, purge(clone));
          assertEquals(Purge.Outcome.GONE, purge(origin));
        },
        () -> {
          for (SnapshotWorld each : List.of(origin, clone, second)) {
            checkGone(each);
          }
          assertEquals(Set.of(), metadata.nodeIds());
        });
  }

  @Test
  void purge_oldestFirst_cutOffAnywhere_keepsWhatClonesNeedUntilTheyAreGone() throws IOException {
    sweep(
        () -> {
          if (isLive(second)) {
            assertEquals(Purge.Outcome.KEPT_FOR_CLONES, purge(origin));
            assertEquals(Purge.Outcome.KEPT_FOR_CLONES, purge(clone));
          }
          assertEquals(Purge.Outcome.GONE, purge(second));
          assertEquals(Purge.Outcome.GONE, purge(clone));
          assertEquals(Purge.Outcome.GONE, purge(origin));
        },
        () -> {
          for (SnapshotWorld each : List.of(origin, clone, second)) {
            checkGone(each);
          }
          assertEquals(Set.of(), metadata.nodeIds());
        });
  }

  @Test
  void purge_ofOriginAndClone_cutOffAnywhere_leavesTheSecondCloneWhole() throws IOException {
    sweep(
        () -> {
          assertEquals(Purge.Outcome.KEPT_FOR_CLONES, purge(origin));
          assertEquals(Purge.Outcome.KEPT_FOR_CLONES, purge(clone));
        },
        () -> {
          assertTrue(purges().waitsForClones(origin.rig.project));
          assertTrue(purges().waitsForClones(clone.rig.project));
          assertNull(metadata.projects().find("origin"), "its name is free");
          assertNotNull(metadata.projects().find(origin.rig.project));
          checkWhole(second);
          SnapshotWorld.clones(metadata).forgetStrays(origin.rig.project);
          checkWhole(second);
        });
  }

  @Test
  void purge_ofAClone_cutOffAnywhere_leavesItsOriginWhole() throws IOException {
    sweep(
        () -> {
          assertEquals(Purge.Outcome.GONE, purge(second));
          assertEquals(Purge.Outcome.GONE, purge(clone));
        },
        () -> {
          checkWhole(origin);
          origin.reopen();
          origin.snapshots().sweep();
          origin.checkLive();
          for (Snapshot each : metadata.snapshots().list(origin.rig.project)) {
            assertTrue(each.clones().isEmpty(), "a clone is gone, but noted");
          }
          origin.opened.transactions().close();
          assertEquals(origin.reachable(true), metadata.nodeIds());
        });
  }

  private Purge purges() {
    return new Purge(
        metadata.snapshots(),
        metadata.nodes(),
        metadata.heads(),
        metadata.projects(),
        metadata.events(),
        metadata.projectKeys());
  }
}
