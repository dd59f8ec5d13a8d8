package org.salvusfs.metadata.txg;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.cassandra.Keyspaces;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.sim.ValidLease;
import org.salvusfs.metadata.snapshot.Clones;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/** Snapshot, rollback, clone and deletion on a real Cassandra. */
@ExtendWith(CassandraExtension.class)
class SnapshotsIT {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Transactions.Options OPTIONS =
      new Transactions.Options(
          Duration.ofHours(1), 1 << 20, 100_000, Duration.ofSeconds(30), Duration.ZERO);

  private final FakeBlockCodec codec = new FakeBlockCodec();
  private final ProjectId project = new ProjectId(UUID.randomUUID());
  private final Random random = new Random(11);
  private CassandraMetadata metadata;

  @BeforeEach
  void connect(LocalCassandra server) throws IOException {
    metadata = Keyspaces.fresh(server);
    var first = Transactions.create(storedTree(project), metadata.nodes(), 0, Rig.DIRECTORY);
    metadata.heads().create(project, first.root(), 0);
  }

  @AfterEach
  void disconnect() {
    metadata.close();
  }

  private Tree storedTree(ProjectId of) {
    return new Tree(of, codec, new StoredNodes(metadata.nodes(), codec));
  }

  private Transactions open(ProjectId id) throws IOException {
    var seen = requireNonNull(metadata.heads().read(id));
    var fence = new Fence(id, seen.epoch() + 1, new UUID(3, 3), UUID.randomUUID());
    metadata.heads().acquire(seen, fence);
    var cache = new NodeCache(metadata.nodes(), codec, 1 << 20);
    var parts =
        new Transactions.Parts(
            new ValidLease(),
            new Tree(id, codec, cache),
            cache,
            metadata.nodes(),
            metadata.heads(),
            metadata.snapshots(),
            new MemoryLog(new ArrayList<>()),
            Rig.NO_CHUNKS,
            System::nanoTime,
            task -> Thread.ofPlatform().daemon().name("committer").unstarted(task),
            new DirtyBudget(Long.MAX_VALUE),
            CommitListener.NONE);
    var head = requireNonNull(metadata.heads().read(id));
    return Transactions.open(parts, OPTIONS, fence, 0, head, SmallContents::new).transactions();
  }

  private void change(Transactions on) throws IOException {
    try (Tx tx = on.begin(TxKind.NAMESPACE)) {
      for (int i = 0; i < 400; i++) {
        var value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        tx.put(Keys.xattr(2 + random.nextInt(1000), new byte[] {'x'}), value);
      }
      tx.apply();
    }
  }

  @Test
  void life_ofSnapshotsAndAClone() throws Exception {
    var on = open(project);
    change(on);
    var first = on.snapshots().create("first", Snapshot.Kind.MANUAL, "", NOW).orElseThrow();
    var firstItems = SnapshotWorld.items(on.view());
    change(on);
    var second = on.snapshots().create("second", Snapshot.Kind.AUTO, "", NOW).orElseThrow();
    var secondItems = SnapshotWorld.items(on.view());
    assertEquals(List.of(first, second), on.snapshots().list());
    assertEquals(secondItems, SnapshotWorld.items(storedTree(project).view(second.root())));

    var id = new ProjectId(UUID.randomUUID());
    var clones =
        new Clones(
            metadata.snapshots(),
            metadata.nodes(),
            metadata.heads(),
            metadata.projects(),
            metadata.hosts());
    var outcome =
        clones.create(
            first,
            storedTree(id),
            new Project(id, "clone", Durability.HOST, NOW),
            UUID.randomUUID());
    assertEquals(Clones.Outcome.CREATED, outcome);

    assertInstanceOf(
        Snapshots.RolledBack.Done.class,
        on.snapshots().rollBack(first.created(), "before", "", NOW));
    assertEquals(firstItems, SnapshotWorld.items(on.view()));
    assertEquals(Deletion.DELETING, on.snapshots().delete(second.created()));
    assertEquals(Deletion.DELETING, on.snapshots().delete(first.created()));
    change(on);
    on.close();

    var cloned = open(id);
    assertEquals(firstItems, SnapshotWorld.items(cloned.view()));
    change(cloned);
    cloned.close();
    assertEquals(firstItems, SnapshotWorld.items(storedTree(project).view(first.root())));

    metadata.snapshots().removeClone(project, first.created(), id);
    var again = open(project);
    var before = requireNonNull(metadata.snapshots().find(project, "before"));
    assertEquals(secondItems, SnapshotWorld.items(storedTree(project).view(before.root())));
    assertEquals(Deletion.DELETING, again.snapshots().delete(before.created()));
    again.close();
    assertEquals(List.of(), metadata.snapshots().listAll(project));
    assertThrows(
        MetadataException.Missing.class,
        () -> SnapshotWorld.items(storedTree(project).view(before.root())));
  }
}
