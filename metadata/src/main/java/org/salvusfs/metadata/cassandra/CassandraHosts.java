package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.MetadataException;

/**
 * Signs of life in {@code host}. Cassandra keeps, of two writes, the one with the later timestamp;
 * were that a wall clock, a host whose clock was set back would look dead until the clock has
 * caught up. So the timestamps of a row are a counter, continued from the one that is stored.
 */
final class CassandraHosts implements HostStore {
  private final CqlSession session;
  private final Retries retries;
  private final PreparedStatement read;
  private final PreparedStatement write;
  private final PreparedStatement list;

  /** Held around the write of a row: one daemon writes its own row every few seconds. */
  private final ReentrantLock writing = new ReentrantLock();

  /** The timestamp last used for a host's row; guarded by {@link #writing}. */
  private final Map<UUID, Long> timestamps = new HashMap<>();

  CassandraHosts(CqlSession session, String keyspace, Retries retries) {
    this.session = session;
    this.retries = retries;
    var select =
        "SELECT host_id, incarnation, beat, name, writetime(beat) AS at FROM " + keyspace + ".host";
    read = session.prepare(select + " WHERE host_id = ?");
    list = session.prepare(select);
    write =
        session.prepare(
            "INSERT INTO "
                + keyspace
                + ".host (host_id, incarnation, beat, name) VALUES (?, ?, ?, ?) USING TIMESTAMP ?");
  }

  @Override
  public @Nullable HostRow read(UUID host) throws MetadataException {
    return readRow(host).map(CassandraHosts::hostRow).orElse(null);
  }

  @Override
  public void write(HostRow row) throws MetadataException {
    writing.lock();
    try {
      var last = timestamps.get(row.host());
      if (last == null) {
        last = readRow(row.host()).map(stored -> stored.getLong("at")).orElse(0L);
      }
      var statement =
          write
              .bind(row.host(), row.incarnation(), row.beat(), row.name(), last + 1)
              .setIdempotent(true);
      timestamps.put(row.host(), last + 1);
      retries.until(
          "write the row of host " + row.host(), () -> Optional.of(session.execute(statement)));
    } finally {
      writing.unlock();
    }
  }

  @Override
  public List<HostRow> list() throws MetadataException {
    return retries.until(
        "list the hosts",
        () -> {
          var rows = new ArrayList<HostRow>();
          session.execute(list.bind().setIdempotent(true)).forEach(row -> rows.add(hostRow(row)));
          return Optional.of(rows);
        });
  }

  private Optional<Row> readRow(UUID host) throws MetadataException {
    var select = read.bind(host).setIdempotent(true);
    return retries.until(
        "read the row of host " + host,
        () -> Optional.of(Optional.ofNullable(session.execute(select).one())));
  }

  private static HostRow hostRow(Row row) {
    return new HostRow(
        Columns.uuid(row, "host_id"),
        Columns.uuid(row, "incarnation"),
        row.getLong("beat"),
        Columns.text(row, "name"));
  }
}
