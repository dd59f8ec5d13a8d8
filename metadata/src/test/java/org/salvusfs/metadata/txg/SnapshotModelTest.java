package org.salvusfs.metadata.txg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.metadata.sim.SimulatedMetadata;

/**
 * Random changes, snapshots, deletions, rollbacks and clones, compared with maps that are copied.
 * At the end the store holds exactly the nodes that something needs.
 */
@Tag("promise")
@Tag("promise-12")
class SnapshotModelTest {
  @RegisterExtension static final Muted MUTED = new Muted(Committer.class);

  private static final int SNAPSHOTS_MAX = 25;
  private static final int PROJECTS_MAX = 5;

  private final List<SnapshotWorld> worlds = new ArrayList<>();
  private final SimulatedMetadata metadata;
  private int names;

  /** Whether a process died: then nodes may be left that nobody needs. */
  private boolean crashed;

  SnapshotModelTest() throws IOException {
    var first = SnapshotWorld.fresh();
    worlds.add(first);
    metadata = first.rig.metadata;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomSteps_everySnapshotHoldsItsMoment_andNoNodeIsLost(long seed) throws Exception {
    var random = new Random(seed);
    for (int step = 0; step < 4_000; step++) {
      var world = worlds.get(random.nextInt(worlds.size()));
      try {
        step(world, random, false);
        if (step % 400 == 0) {
          checkAll();
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
    finish();
  }

  @Test
  void randomStepsWithCrashesAndFaults_nothingThatIsNeededIsLost() throws Exception {
    long seed = 20261121;
    var random = new Random(seed);
    for (int step = 0; step < 3_000; step++) {
      var world = worlds.get(random.nextInt(worlds.size()));
      try {
        step(world, random, true);
        if (step % 300 == 0) {
          checkAll();
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", step " + step, e);
      }
    }
    finish();
  }

  private void step(SnapshotWorld world, Random random, boolean crashes) throws IOException {
    int dice = random.nextInt(1000);
    if (dice < 550) {
      world.change(random, 1 + random.nextInt(20));
    } else if (dice < 700) {
      world.opened.transactions().commit();
    } else if (dice < 800) {
      if (world.copies.size() < SNAPSHOTS_MAX) {
        world.create("s" + names++);
      }
    } else if (dice < 890) {
      delete(world, random);
    } else if (dice < 930) {
      rollBack(world, random);
    } else if (dice < 945) {
      hold(world, random);
    } else if (dice < 955) {
      cloneOne(world, random);
    } else if (dice < 960) {
      purgeOne();
    } else if (dice < 980) {
      world.snapshots().sweep();
    } else if (dice < 990) {
      world.opened.transactions().close();
      world.reopen();
      world.checkLive();
    } else if (crashes) {
      world.opened.transactions().log(0);
      world.reopen(); // the old one is just dropped
      world.checkLive();
      crashed = true;
    }
  }

  private Instant some(SnapshotWorld world, Random random) {
    var all = new ArrayList<>(world.copies.keySet());
    return all.get(random.nextInt(all.size()));
  }

  private void delete(SnapshotWorld world, Random random) throws IOException {
    if (world.copies.isEmpty()) {
      return;
    }
    Instant created = some(world, random);
    switch (world.snapshots().delete(created)) {
      case DELETING -> world.copies.remove(created);
      case HELD -> assertTrue(!find(world, created).holds().isEmpty());
      case UNKNOWN -> throw new AssertionError("no snapshot of " + created);
    }
  }

  private Snapshot find(SnapshotWorld world, Instant created) throws MetadataException {
    return metadata.snapshots().list(world.rig.project).stream()
        .filter(snapshot -> snapshot.created().equals(created))
        .findFirst()
        .orElseThrow();
  }

  private void rollBack(SnapshotWorld world, Random random) throws IOException {
    if (!world.copies.isEmpty() && world.copies.size() < SNAPSHOTS_MAX) {
      world.rollBack(some(world, random), "b" + names++);
    }
  }

  private void hold(SnapshotWorld world, Random random) throws IOException {
    if (!world.copies.isEmpty()) {
      Instant created = some(world, random);
      if (!metadata.snapshots().release(world.rig.project, created, "tag")) {
        assertTrue(metadata.snapshots().hold(world.rig.project, created, "tag"));
      }
    }
  }

  private void cloneOne(SnapshotWorld world, Random random) throws IOException {
    if (!world.copies.isEmpty() && worlds.size() < PROJECTS_MAX) {
      var clone = world.clone(find(world, some(world, random)), "clone " + names++);
      clone.checkLive();
      worlds.add(clone);
    }
  }

  /** Purges the youngest project, if it is a clone without snapshots and without clones. */
  private void purgeOne() throws IOException {
    var youngest = worlds.getLast();
    if (worlds.size() > 1 && metadata.snapshots().listAll(youngest.rig.project).isEmpty()) {
      worlds.removeLast().purge();
    }
  }

  private void checkAll() throws MetadataException {
    for (var world : worlds) {
      world.checkLive();
      world.checkSnapshots();
    }
  }

  /** Deletes everything in the end, youngest project first, and counts nodes at each stage. */
  private void finish() throws IOException {
    checkAll();
    for (var world : worlds) {
      world.snapshots().sweep();
      world.opened.transactions().close();
    }
    checkNodes();
    checkAllSnapshots();
    while (!worlds.isEmpty()) {
      var world = worlds.getLast();
      world.reopen();
      for (Snapshot snapshot : metadata.snapshots().list(world.rig.project)) {
        for (String tag : snapshot.holds()) {
          metadata.snapshots().release(world.rig.project, snapshot.created(), tag);
        }
        assertEquals(Deletion.DELETING, world.snapshots().delete(snapshot.created()));
        world.copies.remove(snapshot.created());
      }
      world.checkLive();
      world.opened.transactions().close();
      assertEquals(List.of(), metadata.snapshots().listAll(world.rig.project));
      checkNodes();
      if (worlds.size() == 1) {
        break;
      }
      world.reopen();
      worlds.removeLast().purge();
      checkNodes();
    }
  }

  private void checkAllSnapshots() throws MetadataException {
    for (var world : worlds) {
      world.checkSnapshots();
    }
  }

  /** What is stored is what is needed: all of it, and nothing else unless a process died. */
  private void checkNodes() throws MetadataException {
    Set<BlockId> needed = new HashSet<>();
    for (var world : worlds) {
      needed.addAll(world.reachable(true));
    }
    var stored = metadata.nodeIds();
    assertTrue(stored.containsAll(needed), "needed nodes are gone");
    if (!crashed) {
      assertEquals(needed.size(), stored.size(), "nodes that nobody needs");
    }
  }
}
