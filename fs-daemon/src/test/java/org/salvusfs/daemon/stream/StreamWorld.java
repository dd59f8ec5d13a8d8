package org.salvusfs.daemon.stream;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.snapshot.TreeBeside;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/** One project in a cluster of its own key, whose trees are made at random. */
final class StreamWorld implements AutoCloseable {
  static final StreamKey KEY = key(1);
  private static final int INODES = 60;
  private static final int KINDS_OF_CONTENTS = 25;
  private static final Instant BEGIN = Instant.parse("2026-11-21T00:00:00Z");

  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final BlockStore blocks;
  private final Project project;
  private final Tree tree;
  private final Random random;
  private final int chunkBytes;
  private long txg = 1;
  BlockId root;

  /**
   * @param number of the cluster
   * @param chunkBytes how long the longest contents are
   */
  StreamWorld(Path directory, int number, int chunkBytes, long seed) throws IOException {
    this.random = new Random(seed);
    this.chunkBytes = chunkBytes;
    Files.createDirectories(directory);
    blocks =
        BlockStore.open(
            LocalDisk.open(Files.createDirectories(directory.resolve("packs"))),
            directory.resolve("index"),
            KeyDomain.ofCluster(secret(number)),
            new BlockStore.Options(1 << 20, 1 << 20));
    var id = new ProjectId(new UUID(number, 9));
    project = new Project(id, "demo", Durability.QUORUM, BEGIN);
    BlockCodec codec = blocks.codec();
    tree = new Tree(id, codec, new StoredNodes(metadata.nodes(), codec));
    Update empty = tree.create(txg);
    metadata.nodes().put(empty.sealed());
    root = empty.root();
  }

  private static ClusterKey secret(int number) {
    byte[] secret = new byte[ClusterKey.BYTES];
    Arrays.fill(secret, (byte) number);
    return ClusterKey.of(secret);
  }

  static StreamKey key(int number) {
    return StreamKey.of(secret(number));
  }

  /** Commits changes of some inodes, and counts everything. */
  void change(int inodes) throws IOException {
    txg++;
    var changes = new TreeMap<Key, Change>();
    for (int i = 0; i < inodes; i++) {
      changeInode(2 + random.nextInt(INODES), changes);
    }
    apply(changes);
    CountersItem counted = counted(false);
    apply(new TreeMap<>(Map.of(Keys.counters(), new Change(Keys.counters(), counted.encode()))));
  }

  private void apply(SortedMap<Key, Change> changes) throws IOException {
    Update update = tree.apply(root, txg, changes.values().iterator());
    metadata.nodes().put(update.sealed());
    root = update.root();
  }

  private void changeInode(long inode, SortedMap<Key, Change> changes) throws IOException {
    boolean isNameless = random.nextInt(4) == 0;
    boolean isGone = !isNameless && random.nextInt(4) == 0;
    set(changes, Keys.inode(inode), isGone ? null : item(isNameless ? 0 : 1));
    set(changes, Keys.orphan(inode), isNameless ? new byte[0] : null);
    for (int i = 0; i < 3; i++) {
      Key xattr = Keys.xattr(inode, new byte[] {'u', (byte) ('a' + i)});
      if (isGone || random.nextBoolean()) {
        set(changes, xattr, isGone ? null : bytes(random.nextInt(300)));
      }
      Key extent = Keys.extent(inode, i * 4096L);
      if (isGone || random.nextBoolean()) {
        set(changes, extent, isGone ? null : extent());
      }
    }
  }

  private static void set(SortedMap<Key, Change> changes, Key key, byte @Nullable [] value) {
    changes.put(key, new Change(key, value));
  }

  private byte[] item(int nlink) {
    long allocated = random.nextInt(100_000);
    return new InodeItem(
            InodeItem.S_IFREG | 0644, 1, 2, nlink, 5, allocated, 6, random.nextLong(), 8, 9, 0, 0)
        .encode();
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Of some contents that there are several times. */
  private byte[] extent() throws IOException {
    byte[] contents = new byte[chunkBytes];
    new Random(random.nextInt(KINDS_OF_CONTENTS)).nextBytes(contents);
    BlockId chunk = blocks.chunks().put(contents, 0, contents.length);
    int offset = random.nextInt(chunkBytes / 2);
    return new ExtentItem(1 + random.nextInt(chunkBytes / 2), chunk, offset, txg).encode();
  }

  private CountersItem counted(boolean isNamedOnly) throws IOException {
    Set<Long> nameless = isNamedOnly ? nameless() : Set.of();
    long bytes = 0;
    long inodes = 0;
    Cursor all = tree.scan(root, Keys.end(0), null);
    while (all.next()) {
      if (all.key().kind() == Keys.INODE && !nameless.contains(all.key().inode())) {
        bytes += InodeItem.decode(all.value()).allocatedBytes();
        inodes++;
      }
    }
    return new CountersItem(INODES + 3, bytes, inodes);
  }

  private Set<Long> nameless() throws IOException {
    var inodes = new HashSet<Long>();
    Cursor all = tree.scan(root, Keys.first(0, Keys.ORPHAN), Keys.end(0, Keys.ORPHAN));
    while (all.next()) {
      inodes.add(Keys.suffixLong(all.key()));
    }
    return inodes;
  }

  /** What the tree is now, under a name. */
  Snapshot snapshot(String name) {
    return new Snapshot(
        project.id(),
        BEGIN.plusSeconds(txg),
        name,
        root,
        txg,
        0,
        0,
        Snapshot.Kind.MANUAL,
        "why " + name,
        Lineage.STRAIGHT,
        Set.of(),
        Map.of(),
        false);
  }

  byte[] export(Snapshot snapshot, Optional<Snapshot> since) throws IOException {
    var out = new ByteArrayOutputStream();
    var header = StreamHeader.of(project, snapshot, since);
    new StreamExport(tree, blocks.chunks(), header, KEY, out).run();
    return out.toByteArray();
  }

  /** Makes the stream's changes to this tree; if it is refused, as if it had not begun. */
  StreamTotals receive(byte[] stream) throws IOException {
    txg++;
    var nodes = metadata.nodes();
    TreeBeside beside = TreeBeside.of(tree, root, nodes, txg, update -> {});
    try {
      StreamTotals totals =
          StreamReader.open(new ByteArrayInputStream(stream), KEY)
              .read(blocks.chunks(), txg, beside::add);
      root = beside.flush();
      return totals;
    } catch (IOException e) {
      beside.discard();
      throw e;
    }
  }

  /** Fails unless this tree is that of the source, item by item, and is counted exactly. */
  void assertIs(StreamWorld source, StreamTotals totals) throws IOException {
    assertEquals(source.items(), items());
    assertEquals(counted(false), totals.counters());
    assertEquals(source.counted(true), totals.counters());
  }

  /** Every item that a user has something of; extents as what they hold. */
  List<String> items() throws IOException {
    Set<Long> nameless = nameless();
    var items = new ArrayList<String>();
    Cursor all = tree.scan(root, Keys.end(0), null);
    while (all.next()) {
      if (!nameless.contains(all.key().inode())) {
        items.add(all.key() + "=" + text(all.key(), all.value()));
      }
    }
    return items;
  }

  private String text(Key key, byte[] value) throws IOException {
    if (key.kind() != Keys.EXTENT) {
      return HexFormat.of().formatHex(value);
    }
    ExtentItem extent = ExtentItem.decode(value);
    byte[] held = requireNonNull(blocks.chunks().get(extent.chunk()));
    byte[] piece =
        Arrays.copyOfRange(held, extent.chunkOffset(), extent.chunkOffset() + extent.lengthBytes());
    return UUID.nameUUIDFromBytes(piece) + " " + piece.length;
  }

  /** How many nodes are stored, and how many bytes of packs are used. */
  String space() throws IOException {
    return metadata.nodeCount() + " nodes, " + blocks.usedBytes() + " bytes";
  }

  @Override
  public void close() throws IOException {
    blocks.close();
  }
}
