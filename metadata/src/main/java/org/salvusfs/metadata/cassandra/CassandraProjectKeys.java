package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;

/**
 * The table {@code project_key}: a row is written once and deleted once, each on a quorum, and
 * never changed.
 */
final class CassandraProjectKeys implements ProjectKeyStore {
  private final CqlSession session;
  private final Retries retries;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement delete;

  CassandraProjectKeys(CqlSession session, String keyspace, Retries retries) {
    this.session = session;
    this.retries = retries;
    var table = keyspace + ".project_key";
    insert = session.prepare("INSERT INTO " + table + " (project_id, wrapped) VALUES (?, ?)");
    select = session.prepare("SELECT wrapped FROM " + table + " WHERE project_id = ?");
    delete = session.prepare("DELETE FROM " + table + " WHERE project_id = ?");
  }

  @Override
  public void create(ProjectId project, byte[] wrapped) throws MetadataException {
    var row = insert.bind(project.uuid(), ByteBuffer.wrap(wrapped)).setIdempotent(true);
    retries.until("store the key of " + project, () -> Optional.of(session.execute(row)));
  }

  @Override
  public byte @Nullable [] find(ProjectId project) throws MetadataException {
    var row = select.bind(project.uuid()).setIdempotent(true);
    return retries
        .until(
            "read the key of " + project,
            () ->
                Optional.of(
                    Optional.ofNullable(session.execute(row).one())
                        .map(found -> Columns.bytes(found, "wrapped"))))
        .orElse(null);
  }

  @Override
  public void destroy(ProjectId project) throws MetadataException {
    var row = delete.bind(project.uuid()).setIdempotent(true);
    retries.until("destroy the key of " + project, () -> Optional.of(session.execute(row)));
  }
}
