package org.salvusfs.metadata.cassandra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException.Unavailable;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

@ExtendWith(CassandraExtension.class)
class SchemaIT {
  @Test
  void open_again_findsWhatIsThere(LocalCassandra server) throws Exception {
    var keyspace = "full"; // a reserved word
    var row = new ClusterRow(UUID.randomUUID(), CassandraMetadata.SCHEMA_VERSION, new byte[9]);
    try (var metadata = Keyspaces.open(server, keyspace)) {
      metadata.cluster().createIfAbsent(row);
    }
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertEquals(row.cluster(), metadata.cluster().read().orElseThrow().cluster());
    }
  }

  @Test
  void open_projectsOfVersion1_haveNoLimitsAndGetSome(LocalCassandra server) throws Exception {
    var keyspace = "schema_without_limits";
    var project =
        new Project(
            new ProjectId(UUID.randomUUID()), "old", Durability.HOST, Instant.ofEpochSecond(7));
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertTrue(metadata.projects().create(project));
    }
    Keyspaces.change(
        server,
        keyspace,
        "ALTER TABLE project DROP (quota_bytes, soft_bytes, grace_seconds, quota_inodes,"
            + " reserve_bytes, over_soft_since)");
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertEquals(project, metadata.projects().find("old"));
      var limits = new Limits(100, 90, Duration.ofHours(1), 80, 10);
      metadata.projects().setLimits(project.id(), limits);
      assertEquals(limits, Objects.requireNonNull(metadata.projects().find(project.id())).limits());
    }
  }

  @Test
  void open_projectsOfVersion2_areLiveAndCanBeDeleted(LocalCassandra server) throws Exception {
    var keyspace = "schema_without_trash";
    var project =
        new Project(
            new ProjectId(UUID.randomUUID()), "old", Durability.HOST, Instant.ofEpochSecond(7));
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertTrue(metadata.projects().create(project));
    }
    Keyspaces.change(
        server, keyspace, "ALTER TABLE project DROP (state, deleted_at, snapshot_policy)");
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertEquals(List.of(project), metadata.projects().list());
      assertEquals(List.of(), metadata.projects().purging());
      var since = Instant.ofEpochSecond(9);
      assertTrue(
          metadata.projects().move(project.id(), Project.State.LIVE, Project.State.DELETED, since));
      assertEquals(
          project.withState(Project.State.DELETED, since), metadata.projects().find("old"));
    }
  }

  @Test
  void open_projectsOfVersion3_areUnderTheClustersKey_andOthersGetTheirOwn(LocalCassandra server)
      throws Exception {
    var keyspace = "schema_without_keys";
    var project =
        new Project(
            new ProjectId(UUID.randomUUID()), "old", Durability.HOST, Instant.ofEpochSecond(7));
    try (var metadata = Keyspaces.open(server, keyspace)) {
      metadata.cluster().createIfAbsent(new ClusterRow(UUID.randomUUID(), 3, new byte[1]));
      assertTrue(metadata.projects().create(project));
    }
    Keyspaces.change(server, keyspace, "ALTER TABLE project DROP own_key");
    Keyspaces.change(server, keyspace, "DROP TABLE project_key");
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertEquals(4, metadata.cluster().read().orElseThrow().schemaVersion());
      assertEquals(List.of(project), metadata.projects().list());
      assertNull(metadata.projectKeys().find(project.id()));
      var own =
          new Project(new ProjectId(UUID.randomUUID()), "own", Durability.HOST, Instant.EPOCH)
              .withOwnKey();
      metadata.projectKeys().create(own.id(), new byte[] {7});
      assertTrue(metadata.projects().create(own));
      assertEquals(List.of(project, own), metadata.projects().list());
      assertArrayEquals(new byte[] {7}, metadata.projectKeys().find(own.id()));
    }
  }

  @Test
  void open_projectsWithoutAChoiceOfCompression_areLz4AndCanChoose(LocalCassandra server)
      throws Exception {
    var keyspace = "schema_without_compression";
    var project =
        new Project(
            new ProjectId(UUID.randomUUID()), "old", Durability.HOST, Instant.ofEpochSecond(7));
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertTrue(metadata.projects().create(project));
    }
    Keyspaces.change(server, keyspace, "ALTER TABLE project DROP compression");
    try (var metadata = Keyspaces.open(server, keyspace)) {
      assertEquals(project, metadata.projects().find("old"));
      metadata.projects().setCompression(project.id(), Compression.ZSTD);
      assertEquals(project.withCompression(Compression.ZSTD), metadata.projects().find("old"));
    }
  }

  @Test
  void open_newerSchema_isRefused(LocalCassandra server) throws Exception {
    var keyspace = "schema_newer";
    try (var metadata = Keyspaces.open(server, keyspace)) {
      metadata
          .cluster()
          .createIfAbsent(
              new ClusterRow(UUID.randomUUID(), CassandraMetadata.SCHEMA_VERSION + 1, new byte[1]));
    }
    var e =
        assertThrows(
            IncompatibleSchemaException.class, () -> Keyspaces.open(server, keyspace).close());
    assertTrue(e.toString().contains("schema version 5"), e.toString());
  }

  @Test
  void open_schemaOfVersion1_isRaisedAndHasSnapshots(LocalCassandra server) throws Exception {
    var keyspace = "schema_older";
    var row = new ClusterRow(UUID.randomUUID(), 1, new byte[] {7});
    try (var metadata = Keyspaces.open(server, keyspace)) {
      metadata.cluster().createIfAbsent(row);
    }
    var options =
        CassandraMetadata.Options.single(
            server.contactPoint(), LocalCassandra.DATA_CENTER, keyspace);
    try (var session = Sessions.open(options)) {
      session.execute(
          SimpleStatement.newInstance("DROP TABLE " + keyspace + ".snapshot")
              .setTimeout(Duration.ofSeconds(30)));
    }
    for (int again = 0; again < 2; again++) {
      try (var metadata = Keyspaces.open(server, keyspace)) {
        var raised = metadata.cluster().read().orElseThrow();
        assertEquals(CassandraMetadata.SCHEMA_VERSION, raised.schemaVersion());
        assertEquals(row.cluster(), raised.cluster());
        assertEquals(List.of(), metadata.snapshots().list(new ProjectId(UUID.randomUUID())));
      }
    }
  }

  @Test
  void open_nobodyThere_isUnavailable() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var options =
        CassandraMetadata.Options.single(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "dc1", "nobody");
    var e =
        assertThrows(
            Unavailable.class,
            () ->
                CassandraMetadata.open(options, System::nanoTime, Thread::sleep, UUID::randomUUID)
                    .close());
    assertTrue(e.toString().contains("no Cassandra answers at"), e.toString());
  }

  @Test
  void keyspace_withQuotesOrSpaces_isRefused() {
    for (var name : new String[] {"", "1a", "A", "a b", "a\"", "a;b"}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> CassandraMetadata.Options.single(new InetSocketAddress(0), "dc1", name));
    }
  }

  @Test
  void replication_perDataCenter_isNetworkTopology() {
    var copies = new TreeMap<String, Integer>();
    copies.put("east", 3);
    copies.put("west", 2);
    var replication = new Replication.PerDataCenter(copies);
    assertEquals("{'class': 'NetworkTopologyStrategy', 'east': 3, 'west': 2}", replication.toCql());
    assertFalse(replication.isSingleCopy());
    assertTrue(new Replication.Simple(1).isSingleCopy());
    copies.put("it's", 1);
    assertThrows(IllegalArgumentException.class, () -> new Replication.PerDataCenter(copies));
  }
}
