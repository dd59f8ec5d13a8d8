package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The columns of {@code project} that hold its limits. Rows that are older than the columns have
 * none.
 */
final class ProjectLimits {
  static final String COLUMNS =
      "quota_bytes, soft_bytes, grace_seconds, quota_inodes, reserve_bytes, over_soft_since";

  private ProjectLimits() {}

  static String update(String keyspace) {
    return "UPDATE "
        + keyspace
        + ".project SET quota_bytes = ?, soft_bytes = ?, grace_seconds = ?, quota_inodes = ?,"
        + " reserve_bytes = ? WHERE project_id = ?";
  }

  static BoundStatement bind(PreparedStatement update, ProjectId id, Limits limits) {
    return update.bind(
        limits.hardBytes(),
        limits.softBytes(),
        limits.grace().toSeconds(),
        limits.inodes(),
        limits.reserveBytes(),
        id.uuid());
  }

  static Limits of(Row row) {
    long grace = value(row, "grace_seconds", Limits.DEFAULT_GRACE.toSeconds());
    return new Limits(
        value(row, "quota_bytes", Limits.UNLIMITED),
        value(row, "soft_bytes", Limits.UNLIMITED),
        Duration.ofSeconds(grace),
        value(row, "quota_inodes", Limits.UNLIMITED),
        value(row, "reserve_bytes", 0));
  }

  /** The epoch stands for: it is not so. */
  static Instant stored(@Nullable Instant since) {
    return since == null ? Instant.EPOCH : since.truncatedTo(ChronoUnit.MILLIS);
  }

  static @Nullable Instant overSoftSince(Row row) {
    return instant(row, "over_soft_since");
  }

  /** What {@link #stored} made. */
  static @Nullable Instant instant(Row row, String column) {
    Instant since = row.getInstant(column);
    return since == null || since.equals(Instant.EPOCH) ? null : since;
  }

  private static long value(Row row, String column, long absent) {
    return row.isNull(column) ? absent : row.getLong(column);
  }
}
