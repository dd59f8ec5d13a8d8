package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyRing;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.blockstore.api.ProjectKey;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Creation;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeVisitor;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/** A cluster of simulated metadata and real packs, with projects that are trees of extents. */
final class TestCluster implements AutoCloseable {
  static final byte[] KEY_CHECK = "0123456789abcdef".getBytes(US_ASCII);
  private static final KeyWrap WRAP = KeyWrap.of(TestKeys.cluster(0), new SecureRandom());
  private static final int CHUNK_BYTES = 3000;
  private static final UUID HOST = new UUID(5, 5);

  final SimulatedMetadata metadata = new SimulatedMetadata();
  private final Path directory;
  private final BlockStore blocks;
  private final BlockCodec codec;
  private final Random random;
  private long clockMillis = 1_000_000;

  TestCluster(Path directory, long seed) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.random = new Random(seed);
    this.blocks =
        BlockStore.open(
            LocalDisk.open(directory.resolve("packs")),
            directory.resolve("index"),
            new KeyRing(TestKeys.domain(), this::ownKey),
            new BlockStore.Options(1 << 20, 1 << 20));
    this.codec = blocks.codec();
  }

  private @Nullable ProjectKey ownKey(UUID project) throws IOException {
    byte[] wrapped = metadata.projectKeys().find(new ProjectId(project));
    return wrapped == null ? null : WRAP.unwrap(wrapped, project);
  }

  /** What names and seals for a project. */
  private BlockCodec codec(ProjectId id) throws IOException {
    return metadata.projectKeys().find(id) == null ? codec : blocks.codec(id.uuid());
  }

  private Chunks chunks(ProjectId id) throws IOException {
    boolean hasOwnKey = metadata.projectKeys().find(id) != null;
    var ownKey = Optional.of(id.uuid()).filter(any -> hasOwnKey);
    return blocks.chunks(ownKey, () -> Compression.LZ4);
  }

  private Instant tick() {
    clockMillis += 1000;
    return Instant.ofEpochMilli(clockMillis);
  }

  /** A project that is a holder's and has an empty tree. */
  ProjectId create(int number, String name) throws IOException {
    return create(number, name, false);
  }

  /** Likewise, with a key of its own. */
  ProjectId createWithOwnKey(int number, String name) throws IOException {
    return create(number, name, true);
  }

  private ProjectId create(int number, String name, boolean ownKey) throws IOException {
    var id = new ProjectId(new UUID(9, number));
    var project = new Project(id, name, Durability.QUORUM, tick());
    if (ownKey) {
      project = project.withOwnKey();
      var key = ProjectKey.generate(new SecureRandom());
      metadata.projectKeys().create(id, WRAP.wrap(key, id.uuid()));
    }
    Update empty = tree(id).create(1);
    metadata.nodes().put(empty.sealed());
    assertTrue(metadata.heads().create(id, empty.root(), 1));
    assertTrue(metadata.projects().create(project));
    metadata.projects().setSnapshotPolicy(id, "1h:24");
    assertTrue(metadata.heads().acquire(head(id), fence(id)));
    metadata.snapshots().open(fence(id));
    return id;
  }

  private static Fence fence(ProjectId id) {
    return new Fence(id, 1, HOST, HOST);
  }

  Head head(ProjectId id) throws IOException {
    Head head = metadata.heads().read(id);
    assertNotNull(head);
    return head;
  }

  Tree tree(ProjectId id) throws IOException {
    return new Tree(id, codec(id), new StoredNodes(metadata.nodes(), codec));
  }

  /** Commits new contents for some files. */
  void write(ProjectId id, int fromFile, int toFile) throws IOException {
    Head head = head(id);
    long txg = Math.max(head.txg(), Txgs.base(1)) + 1;
    var changes = new ArrayList<Change>();
    for (int file = fromFile; file < toFile; file++) {
      byte[] contents = new byte[CHUNK_BYTES];
      random.nextBytes(contents);
      BlockId chunk = chunks(id).put(contents, 0, contents.length);
      var extent = new ExtentItem(CHUNK_BYTES, chunk, 0, txg);
      changes.add(new Change(Keys.extent(2 + file, 0), extent.encode()));
    }
    blocks.chunks().sync();
    Update update = tree(id).apply(head.root(), txg, changes.iterator());
    metadata.nodes().put(update.sealed());
    metadata.heads().commit(fence(id), update.root(), txg);
  }

  /** What {@code id} is now, under a name. */
  Snapshot keep(ProjectId id, String name, Map<ProjectId, UUID> clones) throws IOException {
    Snapshot snapshot = now(id, name).withClones(clones);
    assertEquals(Creation.CREATED, metadata.snapshots().create(fence(id), snapshot));
    return snapshot;
  }

  private Snapshot now(ProjectId id, String name) throws IOException {
    Head head = head(id);
    return new Snapshot(
        id,
        tick(),
        name,
        head.root(),
        head.txg(),
        1_000_000,
        7,
        Snapshot.Kind.MANUAL,
        "why " + name,
        Lineage.STRAIGHT,
        Set.of("held"),
        Map.of(),
        false);
  }

  BackupReport backUp(Path target, CheckProgress progress) throws IOException, DaemonException {
    return backUp(new DirectoryDepot(target), progress);
  }

  BackupReport backUp(Depot target, CheckProgress progress) throws IOException, DaemonException {
    return backUp(target, metadata.projects().list(), true, KEY_CHECK, progress);
  }

  BackupReport backUp(
      Path target, List<Project> wanted, boolean isAll, byte[] keyCheck, CheckProgress progress)
      throws IOException, DaemonException {
    return backUp(new DirectoryDepot(target), wanted, isAll, keyCheck, progress);
  }

  BackupReport backUp(
      Depot target, List<Project> wanted, boolean isAll, byte[] keyCheck, CheckProgress progress)
      throws IOException, DaemonException {
    var sources =
        new Backup.Sources(
            metadata.projects(),
            metadata.projectKeys(),
            metadata.snapshots(),
            metadata.nodes(),
            blocks.store(),
            codec,
            new UUID(4, 4),
            keyCheck,
            project -> new Still(now(project.id(), "moment")),
            this::tick);
    return Backup.run(
        sources, new Backup.Place(target, false, Optional.empty()), wanted, isAll, progress);
  }

  /** Nothing changes here while a backup runs. */
  private record Still(Snapshot snapshot) implements Moments.Moment {
    @Override
    public void close() {}
  }

  Path underWay() {
    return directory.resolve("restoring");
  }

  RestoreReport restore(Path target, CheckProgress progress) throws IOException {
    return restore(new DirectoryDepot(target), KEY_CHECK, progress);
  }

  RestoreReport restore(Path target, byte[] keyCheck, CheckProgress progress) throws IOException {
    return restore(new DirectoryDepot(target), keyCheck, progress);
  }

  RestoreReport restore(Depot target, byte[] keyCheck, CheckProgress progress) throws IOException {
    return Restore.run(
        new Restore.Destination(
            metadata.projects(),
            metadata.projectKeys(),
            metadata.heads(),
            metadata.snapshots(),
            metadata.nodes(),
            blocks.store(),
            codec,
            keyCheck,
            HOST,
            underWay()),
        target,
        progress);
  }

  /** Fails unless everything that this cluster's project is is in the other, too. */
  void assertIsIn(TestCluster other, ProjectId id) throws IOException {
    assertEquals(metadata.projects().find(id), other.metadata.projects().find(id));
    assertEquals(head(id).root(), other.head(id).root());
    assertEquals(head(id).txg(), other.head(id).txg());
    assertEquals(Txgs.epoch(head(id).txg()), other.head(id).epoch());
    assertEquals(metadata.snapshots().listAll(id), other.metadata.snapshots().listAll(id));
    other.assertWhole(id, head(id).root());
    for (Snapshot snapshot : metadata.snapshots().list(id)) {
      other.assertWhole(id, snapshot.root());
    }
  }

  private void assertWhole(ProjectId id, BlockId root) throws IOException {
    tree(id)
        .walk(
            root,
            new NodeVisitor() {
              @Override
              public void node(BlockId node, Node contents) throws MetadataException {
                for (int i = 0; contents.isLeaf() && i < contents.count(); i++) {
                  if (contents.key(i).kind() == Keys.EXTENT) {
                    requireChunk(ExtentItem.decode(contents.value(i)).chunk());
                  }
                }
              }

              @Override
              public void damaged(BlockId node, MetadataException why) throws MetadataException {
                throw why;
              }
            });
  }

  private void requireChunk(BlockId chunk) throws MetadataException {
    try {
      assertEquals(CHUNK_BYTES, blocks.chunks().get(chunk).length);
    } catch (IOException e) {
      throw new MetadataException.Missing("chunk " + chunk + ": " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
