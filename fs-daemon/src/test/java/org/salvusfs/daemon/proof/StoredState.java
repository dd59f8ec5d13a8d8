package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.util.Objects;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.stack.DevStack;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.cassandra.Keyspaces;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/** The metadata of an installation that does not run, open to be looked at and to be damaged. */
final class StoredState implements AutoCloseable {
  private final LocalCassandra server;
  private final CassandraMetadata metadata;
  private final BlockCodec codec;

  private StoredState(LocalCassandra server, CassandraMetadata metadata, BlockCodec codec) {
    this.server = server;
    this.metadata = metadata;
    this.codec = codec;
  }

  static StoredState of(DevStack stack) throws IOException, InterruptedException {
    var layout = Layout.of(stack.data());
    var key = new KeyFile(layout.clusterKey()).load(null);
    var codec = BlockCodec.of(KeyDomain.ofCluster(key));
    var server = LocalCassandra.start(CassandraExtension.options(layout.cassandra()));
    try {
      return new StoredState(server, Keyspaces.open(server, "salvus"), codec);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  CassandraMetadata metadata() {
    return metadata;
  }

  Head head(String project) throws IOException {
    ProjectId id = Objects.requireNonNull(metadata.projects().find(project)).id();
    return Objects.requireNonNull(metadata.heads().read(id));
  }

  Anatomy anatomy(Head head) throws IOException {
    var nodes = new StoredNodes(metadata.nodes(), codec);
    return Anatomy.of(new Tree(head.project(), codec, nodes), head.root());
  }

  @Override
  public void close() {
    try (server) {
      metadata.close();
    }
  }
}
