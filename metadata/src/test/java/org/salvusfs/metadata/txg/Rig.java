package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.sim.ValidLease;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/** A project on simulated stores, which can be opened, dropped as by a crash, and opened again. */
final class Rig {
  static final InodeItem DIRECTORY =
      new InodeItem(InodeItem.S_IFDIR | 0755, 0, 0, 2, 0, 0, 1, 1, 1, 1, 0, 1);
  static final InodeItem FILE =
      new InodeItem(InodeItem.S_IFREG | 0644, 0, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0);

  static final Chunks NO_CHUNKS =
      new Chunks() {
        @Override
        public Optional<UUID> ownKey() {
          return Optional.empty();
        }

        @Override
        public int chunkBytesMax() {
          return 0;
        }

        @Override
        public int cut(byte[] data, int offset, int length, boolean last) {
          throw new IllegalStateException("no chunks here");
        }

        @Override
        public BlockId put(byte[] data, int offset, int length) {
          throw new IllegalStateException("no chunks here");
        }

        @Override
        public void keep(BlockId id) {
          throw new IllegalStateException("no chunks here");
        }

        @Override
        public byte[] get(BlockId id) {
          throw new IllegalStateException("no chunks here");
        }

        @Override
        public boolean isCached(BlockId id) {
          return false;
        }

        @Override
        public void sync() {}
      };

  final ProjectId project;
  final SimulatedMetadata metadata;
  Lease lease = new ValidLease();
  final List<IntentLog.Entry> logRecords = new ArrayList<>();
  DirtyBudget budget = new DirtyBudget(Long.MAX_VALUE);
  private final BlockCodec codec;
  Transactions.Options options =
      new Transactions.Options(
          Duration.ofHours(1), 1 << 20, 10_000, Duration.ofSeconds(5), Duration.ZERO);

  Rig() throws MetadataException {
    this(new ProjectId(new UUID(1, 2)), new SimulatedMetadata());
    create();
  }

  /** Makes its first tree and its head. */
  void create() throws MetadataException {
    var cache = new NodeCache(metadata.nodes(), codec, 1 << 20);
    var update =
        Transactions.create(new Tree(project, codec, cache), metadata.nodes(), 1, DIRECTORY);
    metadata.heads().create(project, update.root(), 1);
  }

  /** A project that somebody else makes, on the same stores as others. */
  Rig(ProjectId project, SimulatedMetadata metadata) {
    this(project, metadata, new FakeBlockCodec());
  }

  Rig(ProjectId project, SimulatedMetadata metadata, BlockCodec codec) {
    this.codec = codec;
    this.project = project;
    this.metadata = metadata;
  }

  /** The project's tree, over nodes as they are stored. */
  Tree storedTree() {
    return new Tree(project, codec, new StoredNodes(metadata.nodes(), codec));
  }

  Transactions.Opened<SmallContents> open() throws IOException {
    return open(new MemoryLog(logRecords));
  }

  /** Opens it in a process that will be cut off from the stores. */
  Transactions.Opened<SmallContents> open(Cut cut) throws IOException {
    return open(
        cut.of(IntentLog.class, new MemoryLog(logRecords)),
        cut.of(NodeStore.class, metadata.nodes()),
        cut.of(HeadStore.class, metadata.heads()),
        cut.of(SnapshotStore.class, metadata.snapshots()));
  }

  Transactions.Opened<SmallContents> open(IntentLog log) throws IOException {
    return open(log, metadata.nodes(), metadata.heads(), metadata.snapshots());
  }

  private Transactions.Opened<SmallContents> open(
      IntentLog log, NodeStore nodes, HeadStore heads, SnapshotStore snapshots) throws IOException {
    Head seen = head();
    var fence = new Fence(project, seen.epoch() + 1, new UUID(3, 3), new UUID(4, seen.epoch() + 1));
    while (!metadata.heads().acquire(seen, fence)) {
      // A process that was merely dropped commits until it is fenced.
      Head now = head();
      if (now.epoch() != seen.epoch()) {
        throw new IllegalStateException("somebody else acquired " + seen);
      }
      seen = now;
    }
    var cache = new NodeCache(nodes, codec, 1 << 20);
    var parts =
        new Transactions.Parts(
            lease,
            new Tree(project, codec, cache),
            cache,
            nodes,
            heads,
            snapshots,
            log,
            NO_CHUNKS,
            System::nanoTime,
            task -> Thread.ofPlatform().daemon().name("committer").unstarted(task),
            budget,
            CommitListener.NONE);
    return Transactions.open(parts, options, fence, 0, head(), SmallContents::new);
  }

  Head head() throws MetadataException {
    Head head = metadata.heads().read(project);
    if (head == null) {
      throw new IllegalStateException("the project has no head");
    }
    return head;
  }

  /** Everything a user can see: names, and what they stand for with its contents. */
  static Map<String, String> visible(Transactions.Opened<SmallContents> opened)
      throws MetadataException {
    var visible = new TreeMap<String, String>();
    var view = opened.transactions().view();
    Cursor names =
        view.scan(Keys.first(Keys.ROOT_INODE, Keys.DIRENT), Keys.end(Keys.ROOT_INODE, Keys.DIRENT));
    while (names.next()) {
      long inode = org.salvusfs.metadata.item.DirentItem.decode(names.value()).inode();
      byte[] contents = opened.contents().read(inode);
      byte[] item = view.get(Keys.inode(inode));
      visible.put(
          new String(Keys.suffix(names.key()), java.nio.charset.StandardCharsets.UTF_8),
          inode
              + ":"
              + (item == null ? "no inode" : InodeItem.decode(item).sizeBytes())
              + ":"
              + (contents == null
                  ? ""
                  : new String(contents, java.nio.charset.StandardCharsets.UTF_8)));
    }
    return visible;
  }

  /** Counts what the counters should say. */
  static CountersItem recount(Transactions transactions) throws MetadataException {
    long bytes = 0;
    long inodes = 0;
    long highest = 0;
    Cursor all = transactions.view().scan(Keys.first(1, (byte) 0), Keys.first(-1, (byte) 0));
    while (all.next()) {
      Key key = all.key();
      highest = Math.max(highest, key.inode());
      if (key.kind() == Keys.INODE) {
        inodes++;
        bytes += InodeItem.decode(all.value()).allocatedBytes();
      }
    }
    return new CountersItem(highest + 1, bytes, inodes);
  }
}
