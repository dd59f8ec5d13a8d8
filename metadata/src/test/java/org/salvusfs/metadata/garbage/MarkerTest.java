package org.salvusfs.metadata.garbage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Marks;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeSource;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;
import org.salvusfs.metadata.txg.Transactions;

/** What a pass marks, and what it does about trees that change or are damaged. */
class MarkerTest {
  private static final int FILES = 2000;

  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final FakeBlockCodec codec = new FakeBlockCodec();
  private final ProjectId id = new ProjectId(new UUID(1, 1));
  private final Fence fence = new Fence(id, 1, new UUID(2, 2), new UUID(3, 3));
  private final Tree tree = new Tree(id, codec, new StoredNodes(metadata.nodes(), codec));
  private final Marks marks = new Marks(10 * FILES, 1);
  private final SpaceCount space = new SpaceCount(SpaceCount.ENTRIES_MAX);
  private final Random random = new Random(9);
  private final List<BlockId> loads = new ArrayList<>();

  /** Runs once, before the node that is read then. */
  private @Nullable Step next;

  private BlockId root = new BlockId(0, 0, 0, 0);
  private long txg = Txgs.base(1);

  @FunctionalInterface
  private interface Step {
    void run() throws MetadataException;
  }

  /** Files with a chunk each. */
  private List<BlockId> chunks = List.of();

  @BeforeEach
  void create() throws MetadataException {
    Update empty = tree.create(1);
    metadata.nodes().put(empty.sealed());
    root = empty.root();
    assertTrue(metadata.heads().create(id, root, 1));
    assertTrue(
        metadata
            .projects()
            .create(new Project(id, "p", Durability.HOST, Instant.ofEpochSecond(1))));
    var head = metadata.heads().read(id);
    assertTrue(head != null && metadata.heads().acquire(head, fence));
    metadata.snapshots().open(fence);
    chunks = rewrite();
  }

  private BlockId chunk() {
    return new BlockId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  /** Commits other contents for every file; returns the chunks. */
  private List<BlockId> rewrite() throws MetadataException {
    var changes = new ArrayList<Change>();
    var made = new ArrayList<BlockId>();
    txg++;
    for (int i = 0; i < FILES; i++) {
      made.add(chunk());
      var extent = new ExtentItem(10, made.getLast(), 0, txg);
      changes.add(new Change(Keys.extent(2 + i, 0), extent.encode()));
    }
    Update update = tree.apply(root, txg, changes.iterator());
    metadata.nodes().put(update.sealed());
    metadata.heads().commit(fence, update.root(), txg);
    root = update.root();
    return made;
  }

  private Snapshot keep(long created) throws MetadataException {
    var snapshot =
        new Snapshot(
            id,
            Instant.ofEpochMilli(created),
            "s" + created,
            root,
            txg,
            0,
            0,
            Snapshot.Kind.MANUAL,
            "",
            Lineage.STRAIGHT,
            Set.of(),
            Map.of(),
            false);
    metadata.snapshots().create(fence, snapshot);
    return snapshot;
  }

  private Set<BlockId> nodesOf(BlockId top) throws MetadataException {
    Set<BlockId> ids = new HashSet<>();
    tree.walk(
        top,
        new org.salvusfs.metadata.tree.NodeVisitor() {
          @Override
          public void node(BlockId node, Node contents) {
            ids.add(node);
          }

          @Override
          public void damaged(BlockId node, MetadataException why) throws MetadataException {
            throw why;
          }
        });
    return ids;
  }

  private Marker marker() {
    NodeSource stored = new StoredNodes(metadata.nodes(), codec);
    NodeSource counted =
        node -> {
          loads.add(node);
          Step step = next;
          next = null;
          if (step != null) {
            step.run();
          }
          return stored.load(node);
        };
    var nobody =
        new OpenProjects() {
          @Override
          public void settle() {}

          @Override
          public Transactions.@Nullable Pin pin(ProjectId project) {
            return null;
          }
        };
    return new Marker(
        new Marker.Sources(
            metadata.projects(),
            metadata.heads(),
            metadata.snapshots(),
            counted,
            codec,
            nobody,
            project -> List.of(),
            (payload, to) -> {}),
        marks,
        (nodes, done, projects) -> {},
        space);
  }

  private void assertMarked(List<BlockId> ids) {
    assertEquals(ids.size(), ids.stream().filter(marks::mayContain).count());
  }

  private void assertNotMarked(List<BlockId> ids) {
    assertTrue(ids.stream().filter(marks::mayContain).count() < ids.size() / 10);
  }

  @Test
  void pass_marksTheLiveTreeAndSnapshots_butNotWhatIsBeingDeleted() throws Exception {
    keep(1);
    List<BlockId> second = rewrite();
    Snapshot deleted = keep(2);
    metadata.snapshots().delete(id, deleted.created());
    List<BlockId> third = rewrite();
    marker().pass();
    assertMarked(chunks);
    assertMarked(third);
    assertNotMarked(second);
  }

  @Test
  void pass_whileACloneOfADeletedSnapshotIsMade_marksIt() throws Exception {
    Snapshot origin = keep(1);
    assertTrue(
        metadata
            .snapshots()
            .addClone(id, origin.created(), new ProjectId(new UUID(5, 5)), new UUID(6, 6)));
    metadata.snapshots().delete(id, origin.created());
    List<BlockId> now = rewrite();
    marker().pass();
    assertMarked(chunks);
    assertMarked(now);
  }

  @Test
  void pass_readsNoNodeTwice() throws Exception {
    keep(1);
    Marker marker = marker();
    marker.pass();
    int distinct = nodesOf(root).size();
    assertEquals(distinct, loads.size(), "a snapshot of the same tree");
    assertTrue(distinct > 5, "nodes " + distinct);
    space.end();
    marker.pass();
    assertEquals(distinct, loads.size(), "the second pass");
    List<BlockId> now = rewrite();
    marker.pass();
    assertMarked(now);
  }

  @Test
  void pass_overACloneAndItsOrigin_countsWhatTheyShare_andReadsNoLeafTwice() throws Exception {
    keep(1);
    rewrite();
    Snapshot origin = keep(2);
    var clone = new ProjectId(new UUID(5, 5));
    var its = new Tree(clone, codec, new StoredNodes(metadata.nodes(), codec));
    var item = new OriginItem(id, origin.created(), origin.root());
    Update first =
        its.adopt(id, root, 0, List.of(new Change(Keys.origin(), item.encode())).iterator());
    metadata.nodes().put(first.sealed());
    metadata.heads().create(clone, first.root(), 0);
    assertTrue(
        metadata
            .projects()
            .create(new Project(clone, "q", Durability.HOST, Instant.ofEpochSecond(1))));

    marker().pass();

    var spaces = space.result(chunk -> 10);
    assertEquals(new StoredSpace(10 * FILES, 20 * FILES, 10 * FILES, 0), spaces.get(id));
    assertEquals(new StoredSpace(10 * FILES, 10 * FILES, 10 * FILES, 0), spaces.get(clone));
    var stored = new StoredNodes(metadata.nodes(), codec);
    var leaves = new ArrayList<BlockId>();
    for (BlockId each : loads) {
      if (stored.load(each).isLeaf()) {
        leaves.add(each);
      }
    }
    assertEquals(Set.copyOf(leaves).size(), leaves.size());
  }

  @Test
  void pass_whenTheTreeIsReplacedUnderIt_marksTheNewOne() throws Exception {
    Set<BlockId> old = nodesOf(root);
    var now = new ArrayList<BlockId>();
    next =
        () ->
            next =
                () -> {
                  now.addAll(rewrite());
                  metadata.nodes().delete(old);
                };
    marker().pass();
    assertEquals(FILES, now.size());
    assertMarked(now);
  }

  @Test
  void pass_whenTheTreeBecomesASnapshotUnderIt_marksThat() throws Exception {
    // Read the head; then its tree is kept and replaced. What was in it before is walked anyway:
    // what counts is what was only there in between.
    var between = new ArrayList<BlockId>();
    next =
        () -> {
          between.addAll(rewrite());
          keep(1);
          rewrite();
        };
    marker().pass();
    assertEquals(FILES, between.size());
    assertMarked(between);
  }

  @Test
  void pass_overAMissingNode_fails() throws Exception {
    BlockId leaf =
        nodesOf(root).stream().filter(each -> !each.equals(root)).findFirst().orElseThrow();
    metadata.nodes().delete(List.of(leaf));
    assertThrows(MetadataException.Missing.class, () -> marker().pass());
    assertFalse(loads.isEmpty());
  }
}
