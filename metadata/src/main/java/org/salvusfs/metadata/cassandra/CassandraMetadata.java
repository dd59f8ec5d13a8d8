package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.MetadataException.Unavailable;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.SnapshotStore;

/** The metadata stores of a cluster over one driver session. Thread-safe; the wiring closes it. */
public final class CassandraMetadata implements AutoCloseable {
  /** The version of the tables, for a new {@link org.salvusfs.metadata.api.ClusterRow}. */
  public static final int SCHEMA_VERSION = Schema.VERSION;

  /**
   * Which Cassandra, and how to use it.
   *
   * @param contactPoints some of its nodes
   * @param localDataCenter the data center whose quorum counts
   * @param keyspace made if it is missing; lower case letters, digits and _
   * @param replication for a keyspace that is made
   * @param requestTimeout of one statement; should exceed the server's own timeouts (5 s for {@code
   *     LocalCassandra}), which say more about what happened
   * @param patience how long an operation is repeated until it is Unavailable
   * @param nodesInFlight node writes on their way at a time, of 8 KiB each
   * @param nodesPerRequest how many of them one request may ask for; servers refuse by default what
   *     is larger than 50 KB together
   */
  public record Options(
      List<InetSocketAddress> contactPoints,
      String localDataCenter,
      String keyspace,
      Replication replication,
      Duration requestTimeout,
      Duration patience,
      int nodesInFlight,
      int nodesPerRequest) {
    public Options {
      Schema.checkKeyspace(keyspace);
    }

    /**
     * The single node of a {@code LocalCassandra}, whose settings are known.
     *
     * @see "docs/decisions/034-many-nodes-are-written-in-batches.md"
     */
    public static Options single(
        InetSocketAddress contactPoint, String dataCenter, String keyspace) {
      return new Options(
          List.of(contactPoint),
          dataCenter,
          keyspace,
          new Replication.Simple(1),
          Duration.ofSeconds(8),
          Duration.ofSeconds(30),
          512,
          8);
    }

    /** The same with another patience. */
    public Options withPatience(Duration other) {
      return new Options(
          contactPoints,
          localDataCenter,
          keyspace,
          replication,
          requestTimeout,
          other,
          nodesInFlight,
          nodesPerRequest);
    }
  }

  private final CqlSession session;
  private final CassandraHeads heads;
  private final CassandraNodes nodes;
  private final CassandraProjects projects;
  private final CassandraProjectKeys projectKeys;
  private final CassandraSnapshots snapshots;
  private final CassandraHosts hosts;
  private final CassandraCluster cluster;
  private final CassandraEvents events;

  private CassandraMetadata(
      CqlSession session, Options options, Retries retries, Supplier<UUID> operationIds) {
    this.session = session;
    var keyspace = Schema.quoted(options.keyspace());
    heads = new CassandraHeads(session, keyspace, retries, operationIds);
    nodes =
        new CassandraNodes(
            session, keyspace, retries, options.nodesInFlight(), options.nodesPerRequest());
    projects = new CassandraProjects(session, keyspace, retries);
    projectKeys = new CassandraProjectKeys(session, keyspace, retries);
    snapshots = new CassandraSnapshots(session, keyspace, retries, operationIds);
    hosts = new CassandraHosts(session, keyspace, retries);
    cluster = new CassandraCluster(session, keyspace, retries);
    events = new CassandraEvents(session, keyspace, retries, operationIds);
  }

  /**
   * Connects, and makes the tables that are missing.
   *
   * @param nanoTime a monotonic clock, {@code System::nanoTime}
   * @param sleeper {@code Thread::sleep}
   * @param operationIds fresh random ids, {@code UUID::randomUUID}
   * @throws Unavailable if no contact point answers
   * @throws IncompatibleSchemaException if the tables are a newer version's; nothing is changed
   *     then
   */
  public static CassandraMetadata open(
      Options options, LongSupplier nanoTime, Sleeper sleeper, Supplier<UUID> operationIds)
      throws IOException {
    var retries = new Retries(nanoTime, sleeper, options.patience());
    CqlSession session;
    try {
      session = Sessions.open(options);
    } catch (AllNodesFailedException e) {
      throw new Unavailable("no Cassandra answers at " + options.contactPoints(), e);
    }
    try {
      new Schema(session, options.keyspace(), options.replication()).prepare(retries);
      return new CassandraMetadata(session, options, retries, operationIds);
    } catch (IOException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  public HeadStore heads() {
    return heads;
  }

  public NodeStore nodes() {
    return nodes;
  }

  public ProjectStore projects() {
    return projects;
  }

  public ProjectKeyStore projectKeys() {
    return projectKeys;
  }

  public SnapshotStore snapshots() {
    return snapshots;
  }

  public HostStore hosts() {
    return hosts;
  }

  public ClusterStore cluster() {
    return cluster;
  }

  public EventLog events() {
    return events;
  }

  /** Ends the session; operations that run fail. */
  @Override
  public void close() {
    session.close();
  }
}
