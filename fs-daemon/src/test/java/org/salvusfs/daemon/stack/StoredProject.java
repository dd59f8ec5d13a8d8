package org.salvusfs.daemon.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.localcassandra.Jdk17;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeVisitor;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/**
 * A project of an installation that is stopped, open to be damaged: runs its Cassandra, and commits
 * what no daemon would.
 */
final class StoredProject implements AutoCloseable {
  private static final String KEYSPACE = "salvus";

  private final LocalCassandra server;
  private final CassandraMetadata metadata;
  private final ProjectId project;
  private final Tree tree;

  private StoredProject(
      LocalCassandra server, CassandraMetadata metadata, ProjectId project, Tree tree) {
    this.server = server;
    this.metadata = metadata;
    this.project = project;
    this.tree = tree;
  }

  static StoredProject open(Path data, String name) throws IOException, InterruptedException {
    var layout = Layout.of(data);
    var keys = KeyDomain.ofCluster(new KeyFile(layout.clusterKey()).load(null));
    var jdk17 = Jdk17.find(System.getenv(), Path.of("/usr/lib/jvm")).orElseThrow();
    var jars = DevStack.repository().resolve("metadata/cassandra-server/target/lib");
    var server = LocalCassandra.start(LocalCassandra.Options.of(jars, jdk17, layout.cassandra()));
    var metadata =
        CassandraMetadata.open(
            CassandraMetadata.Options.single(
                server.contactPoint(), LocalCassandra.DATA_CENTER, KEYSPACE),
            System::nanoTime,
            Thread::sleep,
            UUID::randomUUID);
    var project = Objects.requireNonNull(metadata.projects().find(name)).id();
    var codec = BlockCodec.of(keys);
    var tree = new Tree(project, codec, new StoredNodes(metadata.nodes(), codec));
    return new StoredProject(server, metadata, project, tree);
  }

  private BlockId root() throws MetadataException {
    return Objects.requireNonNull(metadata.heads().read(project)).root();
  }

  byte[] get(Key key) throws MetadataException {
    return Objects.requireNonNull(tree.get(root(), key));
  }

  /** The first item of that kind of that inode. */
  Change first(long inode, byte kind) throws MetadataException {
    var cursor = tree.scan(root(), Keys.first(inode, kind), Keys.end(inode, kind));
    if (!cursor.next()) {
      throw new AssertionError("inode " + inode + " has no item of kind " + kind);
    }
    return new Change(cursor.key(), cursor.value());
  }

  /** Commits changes as they are. */
  void commit(List<Change> changes) throws MetadataException {
    var heads = metadata.heads();
    var before = Objects.requireNonNull(heads.read(project));
    var fence = new Fence(project, before.epoch() + 1, UUID.randomUUID(), UUID.randomUUID());
    if (!heads.acquire(before, fence)) {
      throw new AssertionError("somebody else has opened the project");
    }
    long txg = Txgs.base(fence.epoch()) + 1;
    var sorted = changes.stream().sorted(Comparator.comparing(Change::key)).iterator();
    var update = tree.apply(before.root(), txg, sorted);
    metadata.nodes().put(update.sealed());
    heads.commit(fence, update.root(), txg);
    heads.release(fence);
  }

  /** A leaf that holds nothing but items of inodes from {@code least} on. */
  BlockId leaf(long least) throws MetadataException {
    var leaves = new ArrayList<BlockId>();
    tree.walk(
        root(),
        new NodeVisitor() {
          @Override
          public void node(BlockId id, Node node) {
            if (node.isLeaf() && node.key(0).inode() >= least) {
              leaves.add(id);
            }
          }

          @Override
          public void damaged(BlockId id, MetadataException why) throws MetadataException {
            throw why;
          }
        });
    return leaves.getFirst();
  }

  byte[] node(BlockId id) throws MetadataException {
    return metadata.nodes().get(id);
  }

  void setNode(BlockId id, byte[] sealed) throws MetadataException {
    metadata.nodes().put(Map.of(id, sealed));
  }

  @Override
  public void close() throws InterruptedException {
    metadata.close();
    server.close();
  }
}
