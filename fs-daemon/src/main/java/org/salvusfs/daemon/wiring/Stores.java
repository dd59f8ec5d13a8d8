package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.api.KeyRing;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.blockstore.api.ProjectKey;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.stream.StreamKey;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.cassandra.Replication;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.log.HostLogDirectory;
import org.salvusfs.metadata.snapshot.Clones;
import org.salvusfs.metadata.tree.NodeCache;

/**
 * The stores of one host: Cassandra, packs, node cache, host logs.
 *
 * @param cassandra the server, if it is ours
 * @param contactPoints where Cassandra is
 * @param keyWrap makes keys of projects fit to be stored
 * @param keys of the cluster and of projects
 * @param streamKey of streams that no other key was given for
 * @param packsDirectory whose disk fills up
 */
record Stores(
    Optional<CassandraKeeper> cassandra,
    List<InetSocketAddress> contactPoints,
    CassandraMetadata metadata,
    ClusterRow cluster,
    KeyWrap keyWrap,
    KeyRing keys,
    BlockStore blocks,
    NodeCache nodes,
    StreamKey streamKey,
    HostLogDirectory hostLogs,
    Path packsDirectory) {
  private static final String LOCAL_KEYSPACE = "salvus";
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(8);
  private static final int NODES_IN_FLIGHT = 64;
  private static final long PACK_BYTES_MAX = 256L << 20;

  /** Opens everything; what is open is noted in {@code closing}, also if a later step fails. */
  static Stores open(
      DaemonConfig config,
      DataDirectory data,
      ClusterKeys keys,
      Surroundings surroundings,
      Legacy legacy,
      ClosingOrder closing,
      Consumer<String> progress)
      throws DaemonException, InterruptedException {
    var layout = data.layout();
    try {
      Optional<CassandraKeeper> cassandra = Optional.empty();
      if (config.cassandra().local()) {
        progress.accept("starting Cassandra");
        var keeper = CassandraKeeper.start(serverOptions(layout.cassandra(), surroundings));
        cassandra = Optional.of(keeper);
        closing.started(
            "Cassandra",
            () -> {
              if (legacy.isKept()) {
                keeper.leave();
              } else {
                keeper.close();
              }
            });
      }
      progress.accept("connecting to Cassandra");
      var options = clientOptions(config, cassandra);
      var metadata =
          closing.started(
              "the Cassandra session",
              CassandraMetadata.open(
                  options, surroundings.nanoClock(), Thread::sleep, surroundings::newId));
      var joined = keys.join(data, metadata.cluster(), surroundings);
      var keyWrap = KeyWrap.of(joined.key(), surroundings.random());
      var ring =
          new KeyRing(
              KeyDomain.ofCluster(joined.key()),
              project -> ownKey(metadata.projectKeys(), keyWrap, project));
      progress.accept("opening the packs");
      BlockStore.keepLibraryIn(layout.libraries());
      var packs = Files.createDirectories(layout.packs());
      var blocks =
          closing.started(
              "the block store",
              BlockStore.open(
                  LocalDisk.open(packs),
                  layout.index(),
                  ring,
                  new BlockStore.Options(PACK_BYTES_MAX, config.cache().chunkBytes())));
      var nodes = new NodeCache(metadata.nodes(), blocks.codec(), config.cache().nodeBytes());
      var hostLogs =
          HostLogDirectory.open(
              LocalDisk.open(Files.createDirectories(layout.log())),
              HostLogDirectory.Options.DEFAULT,
              surroundings.random()::nextLong);
      return new Stores(
          cassandra,
          options.contactPoints(),
          metadata,
          joined.cluster(),
          keyWrap,
          ring,
          blocks,
          nodes,
          StreamKey.of(joined.key()),
          hostLogs,
          packs);
    } catch (IOException e) {
      throw Explain.start(e);
    }
  }

  private static @Nullable ProjectKey ownKey(ProjectKeyStore store, KeyWrap wrap, UUID project)
      throws IOException {
    byte[] wrapped = store.find(new ProjectId(project));
    return wrapped == null ? null : wrap.unwrap(wrapped, project);
  }

  private static LocalCassandra.Options serverOptions(Path directory, Surroundings surroundings)
      throws DaemonException {
    var jdk17 =
        surroundings
            .jdk17()
            .orElseThrow(
                () ->
                    new DaemonException.Obstructed(
                        "JDK 17, on which Cassandra runs, is missing; install it with: apt-get install openjdk-17-jdk-headless"));
    return LocalCassandra.Options.of(surroundings.cassandraLib(), jdk17, directory);
  }

  private static CassandraMetadata.Options clientOptions(
      DaemonConfig config, Optional<CassandraKeeper> local) {
    if (local.isPresent()) {
      return CassandraMetadata.Options.single(
              local.get().contactPoint(), LocalCassandra.DATA_CENTER, LOCAL_KEYSPACE)
          .withPatience(config.patience());
    }
    var remote = config.cassandra();
    var copies = new TreeMap<String, Integer>();
    copies.put(remote.datacenter(), remote.copies());
    return new CassandraMetadata.Options(
        remote.contactPoints().stream().map(Stores::address).toList(),
        remote.datacenter(),
        remote.keyspace(),
        new Replication.PerDataCenter(copies),
        REQUEST_TIMEOUT,
        config.patience(),
        NODES_IN_FLIGHT,
        1);
  }

  private static InetSocketAddress address(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    return new InetSocketAddress(
        hostPort.substring(0, colon), Integer.parseInt(hostPort.substring(colon + 1)));
  }

  /**
   * Names and seals for a project, and opens what any project of the cluster has sealed.
   *
   * @throws MetadataException.Missing if its own key is destroyed
   */
  BlockCodec codec(Project project) throws IOException {
    return project.ownKey()
        ? own(project, () -> blocks.codec(project.id().uuid()))
        : blocks.codec();
  }

  /**
   * The chunks of a project.
   *
   * @param compression asked at every put; returns at once
   * @throws MetadataException.Missing if its own key is destroyed
   */
  Chunks chunks(Project project, Supplier<Compression> compression) throws IOException {
    var ownKey = project.ownKey() ? Optional.of(project.id().uuid()) : Optional.<UUID>empty();
    return own(project, () -> blocks.chunks(ownKey, compression));
  }

  /** What needs a project's key. */
  @FunctionalInterface
  private interface Keyed<T> {
    T get() throws BlockStoreException;
  }

  private static <T> T own(Project project, Keyed<T> keyed) throws IOException {
    try {
      return keyed.get();
    } catch (BlockStoreException e) {
      throw MetadataException.unopened("project " + project.name(), e);
    }
  }

  /** Makes projects from snapshots. */
  Clones clones() {
    return new Clones(
        metadata.snapshots(),
        metadata.nodes(),
        metadata.heads(),
        metadata.projects(),
        metadata.hosts());
  }

  /** Bytes that still fit on the disk of the packs; 0 if it does not say. */
  long freeBytes() {
    return packsDirectory.toFile().getUsableSpace();
  }
}
