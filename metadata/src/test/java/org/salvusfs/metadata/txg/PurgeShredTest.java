package org.salvusfs.metadata.txg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.KeyRing;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.blockstore.api.ProjectKey;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.snapshot.Purge;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/** The end of a project with a key of its own, beside others, cut off after each operation. */
class PurgeShredTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
  private static final int OPERATIONS_MAX = 400;
  private static final ProjectId OWN = new ProjectId(new UUID(8, 8));
  private static final ProjectId NEIGHBOUR = new ProjectId(new UUID(9, 9));

  private final SecureRandom secureRandom = new SecureRandom();
  private final KeyWrap wrap = KeyWrap.of(TestKeys.cluster(0), secureRandom);
  private SimulatedMetadata metadata = new SimulatedMetadata();
  private Cut cut = new Cut();

  /** What belongs to others. */
  private Set<BlockId> kept = Set.of();

  /** The keys as a process has them that has just begun. */
  private KeyRing ring() {
    return new KeyRing(TestKeys.domain(), this::find);
  }

  private @Nullable ProjectKey find(UUID project) throws IOException {
    byte[] wrapped = metadata.projectKeys().find(new ProjectId(project));
    return wrapped == null ? null : wrap.unwrap(wrapped, project);
  }

  private void prepare() throws IOException {
    metadata = new SimulatedMetadata();
    cut = new Cut();
    make(NEIGHBOUR, "neighbour");
    kept = metadata.nodeIds();
    make(OWN, "own");
    assertTrue(metadata.nodeIds().size() > kept.size() + 10, "too few nodes to be true");
  }

  private void make(ProjectId id, String name) throws IOException {
    metadata.projectKeys().create(id, wrap.wrap(ProjectKey.generate(secureRandom), id.uuid()));
    var project = new Project(id, name, Durability.HOST, NOW).withOwnKey();
    var rig = new Rig(id, metadata, ring().codec(id.uuid()));
    rig.create();
    assertTrue(metadata.projects().create(project));
    var world = new SnapshotWorld(rig, Map.of());
    world.live.putAll(SnapshotWorld.items(world.opened.transactions().view()));
    var random = new Random(5);
    for (int i = 0; i < 20; i++) {
      world.change(random, 40);
    }
    world.create("a");
    world.change(random, 60);
    world.create("b");
    world.change(random, 60);
    world.opened.transactions().close();
  }

  /** A process that begins, and purges. */
  private void purge() throws IOException {
    Project project = metadata.projects().find(OWN);
    if (project == null) {
      return;
    }
    if (project.isLive()) {
      assertTrue(metadata.projects().move(OWN, Project.State.LIVE, Project.State.PURGING, NOW));
      project = project.withState(Project.State.PURGING, NOW);
    }
    Head seen = metadata.heads().read(OWN);
    Fence fence = null;
    if (seen != null) {
      fence = new Fence(OWN, seen.epoch() + 1, new UUID(3, 3), new UUID(5, seen.epoch() + 1));
      assertTrue(metadata.heads().acquire(seen, fence));
    }
    var memory = ring();
    memory.holds(OWN.uuid());
    NodeStore nodes = cut.of(NodeStore.class, metadata.nodes());
    var tree = new Tree(OWN, memory.codec(), new StoredNodes(nodes, memory.codec()));
    var purge =
        new Purge(
            cut.of(SnapshotStore.class, metadata.snapshots()),
            nodes,
            cut.of(HeadStore.class, metadata.heads()),
            cut.of(ProjectStore.class, metadata.projects()),
            cut.of(EventLog.class, metadata.events()),
            cut.of(ProjectKeyStore.class, metadata.projectKeys()));
    assertEquals(Purge.Outcome.GONE, purge.run(project, fence, tree, TODAY));
  }

  @Test
  void purge_cutOffAnywhere_isFinishedByTheNext_andTheNeighbourIsWhole() throws IOException {
    var leftBehind = new TreeSet<Integer>();
    boolean came = false;
    for (int operations = 0; !came; operations++) {
      assertTrue(operations < OPERATIONS_MAX, "it never ends");
      prepare();
      cut.after(operations);
      try {
        purge();
        came = !cut.isDone();
      } catch (MetadataException.Fenced e) {
        assertTrue(cut.isDone());
      }
      if (metadata.projectKeys().find(OWN) == null) {
        leftBehind.add(requireUnreadable());
      }
      cut.after(Integer.MAX_VALUE);
      purge();
      requireGone("cut off after " + operations);
    }
    assertTrue(leftBehind.size() > 3, "never cut off between key and nodes: " + leftBehind);
  }

  /** How many nodes are left, none of which any key opens. */
  private int requireUnreadable() throws IOException {
    var left = new TreeSet<>(metadata.nodeIds());
    left.removeAll(kept);
    var keys = ring();
    for (BlockId id : left) {
      for (var codec : List.of(keys.codec(), keys.codec(NEIGHBOUR.uuid()))) {
        assertThrows(
            MetadataException.Missing.class,
            () -> new StoredNodes(metadata.nodes(), codec).load(id));
      }
    }
    assertFalse(keys.holds(OWN.uuid()));
    return left.size();
  }

  private void requireGone(String when) throws IOException {
    assertNull(metadata.projects().find(OWN), when);
    assertNull(metadata.heads().read(OWN), when);
    assertNull(metadata.projectKeys().find(OWN), when);
    assertEquals(List.of(), metadata.snapshots().listAll(OWN), when);
    assertEquals(kept, metadata.nodeIds(), when);
    assertNotNull(metadata.projectKeys().find(NEIGHBOUR), when);
    var codec = ring().codec();
    var tree = new Tree(NEIGHBOUR, codec, new StoredNodes(metadata.nodes(), codec));
    var head = Objects.requireNonNull(metadata.heads().read(NEIGHBOUR));
    assertTrue(SnapshotWorld.items(tree.view(head.root())).size() > 10, when);
  }

  @Test
  void purge_ofADamagedProject_destroysItsKey_andIsFinishedByTheNext() throws IOException {
    prepare();
    metadata.flipBit(Objects.requireNonNull(metadata.heads().read(OWN)).root(), 1000);
    assertThrows(MetadataException.Corrupt.class, this::purge);
    assertNull(metadata.projectKeys().find(OWN));
    purge();
    requireGone("damaged");
  }
}
