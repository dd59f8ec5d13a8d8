package org.salvusfs.metadata.txg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.snapshot.Clones;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeVisitor;

/** One project beside a trivial model: maps of items, and copies of them. */
final class SnapshotWorld {
  static final UUID MAKER = new UUID(77, 77);
  private static final Instant BEGIN = Instant.parse("2026-11-21T00:00:00Z");
  private static final HexFormat HEX = HexFormat.of();

  final Rig rig;
  Transactions.Opened<SmallContents> opened;

  /** Items of inodes, uncommitted ones included. */
  Map<Key, String> live = new TreeMap<>();

  /** What each snapshot that may be used must hold. */
  final TreeMap<Instant, Map<Key, String>> copies = new TreeMap<>();

  SnapshotWorld(Rig rig, Map<Key, String> live) throws IOException {
    this.rig = rig;
    this.opened = rig.open();
    this.live.putAll(live);
  }

  static SnapshotWorld fresh() throws IOException {
    var rig = new Rig();
    var world = new SnapshotWorld(rig, Map.of());
    world.live.putAll(items(world.opened.transactions().view()));
    return world;
  }

  Snapshots snapshots() {
    return opened.transactions().snapshots();
  }

  /** All items of inodes; what belongs to the project itself is left out. */
  static Map<Key, String> items(View view) throws MetadataException {
    var items = new TreeMap<Key, String>();
    Cursor cursor = view.scan(Keys.first(1, (byte) 0), Keys.first(-1, (byte) 0));
    while (cursor.next()) {
      items.put(cursor.key(), HEX.formatHex(cursor.value()));
    }
    return items;
  }

  /** One operation of some changes, near each other or all over the place. */
  void change(Random random, int changes) throws IOException {
    opened.transactions().awaitRoom(0);
    try (Tx tx = opened.transactions().begin(TxKind.NAMESPACE)) {
      int center = random.nextInt(400);
      boolean isLocal = random.nextBoolean();
      for (int i = 0; i < changes; i++) {
        long inode = 2L + (isLocal ? center + random.nextInt(4) : random.nextInt(400));
        Key key = Keys.xattr(inode, new byte[] {'u', (byte) ('a' + random.nextInt(6))});
        if (random.nextInt(4) == 0) {
          tx.delete(key);
          live.remove(key);
        } else {
          var value = new byte[random.nextInt(300)];
          random.nextBytes(value);
          tx.put(key, value);
          live.put(key, HEX.formatHex(value));
        }
      }
      tx.addUsage(random.nextInt(100), 0);
      opened.transactions().nextInode();
      tx.apply();
    }
  }

  Snapshot create(String name) throws MetadataException {
    Snapshot created =
        snapshots().create(name, Snapshot.Kind.MANUAL, "by hand", BEGIN).orElseThrow();
    copies.put(created.created(), new TreeMap<>(live));
    return created;
  }

  void rollBack(Instant to, String beforeName) throws MetadataException {
    long next = opened.transactions().usage().nextInode();
    long txg = opened.transactions().committedTxg();
    var outcome = snapshots().rollBack(to, beforeName, "", BEGIN);
    if (!(outcome instanceof Snapshots.RolledBack.Done(Snapshot before))) {
      throw new AssertionError("not rolled back: " + outcome);
    }
    copies.put(before.created(), new TreeMap<>(live));
    live = new TreeMap<>(requireNonNull(copies.get(to)));
    assertTrue(opened.transactions().usage().nextInode() >= next, "inode numbers go back");
    assertTrue(opened.transactions().committedTxg() > txg, "txgs go back");
    checkLive();
  }

  SnapshotWorld clone(Snapshot of, String name) throws IOException {
    var metadata = rig.metadata;
    var clone = new ProjectId(UUID.nameUUIDFromBytes(name.getBytes(UTF_8)));
    var cloneRig = new Rig(clone, metadata);
    var project = new Project(clone, name, Durability.HOST, BEGIN);
    assertEquals(
        Clones.Outcome.CREATED, clones(metadata).create(of, cloneRig.storedTree(), project, MAKER));
    return new SnapshotWorld(cloneRig, requireNonNull(copies.get(of.created())));
  }

  static Clones clones(SimulatedMetadata metadata) {
    return new Clones(
        metadata.snapshots(),
        metadata.nodes(),
        metadata.heads(),
        metadata.projects(),
        metadata.hosts());
  }

  void reopen() throws IOException {
    opened = rig.open();
  }

  void checkLive() throws MetadataException {
    assertSame(live, items(opened.transactions().view()), "the live tree");
  }

  private static void assertSame(Map<Key, String> expected, Map<Key, String> actual, String what) {
    if (!expected.equals(actual)) {
      var keys = new TreeSet<>(expected.keySet());
      keys.addAll(actual.keySet());
      keys.removeIf(key -> Objects.equals(expected.get(key), actual.get(key)));
      throw new AssertionError(what + " differs at " + keys.size() + " keys, from " + keys.first());
    }
  }

  /** Every snapshot that may be used holds what was there when it was made. */
  void checkSnapshots() throws MetadataException {
    var present = rig.metadata.snapshots().list(rig.project);
    assertEquals(List.copyOf(copies.keySet()), present.stream().map(Snapshot::created).toList());
    for (Snapshot snapshot : present) {
      checkSnapshot(snapshot);
    }
  }

  void checkSnapshot(Snapshot snapshot) throws MetadataException {
    var view = rig.storedTree().view(snapshot.root());
    assertSame(requireNonNull(copies.get(snapshot.created())), items(view), snapshot.toString());
    var counters = CountersItem.decode(requireNonNull(view.get(Keys.counters())));
    assertEquals(counters.bytes(), snapshot.bytes());
    assertEquals(counters.inodes(), snapshot.inodes());
  }

  /** The nodes of the live tree and of all snapshots, those being deleted left out if asked. */
  Set<BlockId> reachable(boolean withDeleting) throws MetadataException {
    var roots = new ArrayList<BlockId>();
    roots.add(rig.head().root());
    for (Snapshot snapshot : rig.metadata.snapshots().listAll(rig.project)) {
      if (withDeleting || !snapshot.isDeleting()) {
        roots.add(snapshot.root());
      }
    }
    var reached = new HashSet<BlockId>();
    for (BlockId root : roots) {
      rig.storedTree().walk(root, reach(reached));
    }
    return reached;
  }

  private static NodeVisitor reach(Set<BlockId> reached) {
    return new NodeVisitor() {
      @Override
      public boolean enter(BlockId id, int level) {
        return !reached.contains(id);
      }

      @Override
      public void node(BlockId id, Node node) {
        reached.add(id);
      }

      @Override
      public void damaged(BlockId id, MetadataException why) {
        throw new AssertionError("a node that is needed is gone", why);
      }
    };
  }

  /** Removes a clone for good, as a purge will; it has no snapshots. */
  void purge() throws IOException {
    opened.transactions().close();
    var own = new HashSet<BlockId>();
    BlockId root = rig.head().root();
    rig.storedTree()
        .walk(
            root,
            new NodeVisitor() {
              @Override
              public void node(BlockId id, Node node) {
                if (node.project().equals(rig.project)) {
                  own.add(id);
                }
              }

              @Override
              public void damaged(BlockId id, MetadataException why) {
                throw new AssertionError("a node that is needed is gone", why);
              }
            });
    byte[] value = requireNonNull(rig.storedTree().get(root, Keys.origin()));
    var origin = OriginItem.decode(value);
    rig.metadata.nodes().delete(own);
    rig.metadata.snapshots().removeClone(origin.project(), origin.created(), rig.project);
  }
}
