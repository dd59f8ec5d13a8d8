package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.MetadataException;

/** The one row of {@code cluster}, written once by lightweight transaction. */
final class CassandraCluster implements ClusterStore {
  private final Lwt lwt;
  private final PreparedStatement read;
  private final PreparedStatement create;

  CassandraCluster(CqlSession session, String keyspace, Retries retries) {
    lwt = new Lwt(session, retries);
    read =
        session.prepare(
            "SELECT cluster_id, schema_version, key_check FROM "
                + keyspace
                + ".cluster WHERE name = '"
                + Schema.CLUSTER_ROW
                + "'");
    create =
        session.prepare(
            "INSERT INTO "
                + keyspace
                + ".cluster (name, cluster_id, schema_version, key_check) VALUES ('"
                + Schema.CLUSTER_ROW
                + "', ?, ?, ?) IF NOT EXISTS");
  }

  @Override
  public Optional<ClusterRow> read() throws MetadataException {
    return Optional.ofNullable(lwt.readSerial("read the cluster row", read.bind()))
        .map(CassandraCluster::clusterRow);
  }

  @Override
  public ClusterRow createIfAbsent(ClusterRow row) throws MetadataException {
    return lwt.change(
        "create the cluster row",
        create.bind(row.cluster(), row.schemaVersion(), ByteBuffer.wrap(row.keyCheck())),
        row,
        () -> Optional.ofNullable(lwt.readSerial(read.bind())).map(CassandraCluster::clusterRow));
  }

  private static ClusterRow clusterRow(Row row) {
    return new ClusterRow(
        Columns.uuid(row, "cluster_id"),
        row.getInt("schema_version"),
        Columns.bytes(row, "key_check"));
  }
}
