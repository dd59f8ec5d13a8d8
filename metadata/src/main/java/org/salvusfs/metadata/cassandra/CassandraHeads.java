package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/**
 * Heads and logs in {@code project_head}: a partition per project, its head in the static columns,
 * the rows of its log clustered by (txg, epoch, seq). The epoch is in the key so that a new holder
 * can never overwrite a row that an earlier one has acknowledged.
 *
 * <p>How each change is recognised after a lost answer: create and append by an operation id in the
 * first row, acquire by its fence (an epoch is taken once), commit by epoch and txg, release by the
 * absence of the fence.
 *
 * <p>Trimming is a plain deletion, not a lightweight transaction: it hits only rows at or below a
 * committed txg, which no one reads again, so neither its order nor its repetition matters. Its
 * range always begins above the sentinel: newer range tombstones then swallow the older ones.
 */
final class CassandraHeads implements HeadStore {
  /** The holder of a project that no one holds. */
  private static final UUID NOBODY = new UUID(0, 0);

  private static final long SENTINEL_TXG = -1;

  /** Rows of up to 64 KiB or so in one answer. */
  private static final int PAGE_ROWS = 64;

  private static final String FENCE = " IF head_epoch = ? AND holder = ? AND incarnation = ?";

  private final CqlSession session;
  private final Retries retries;
  private final Lwt lwt;
  private final Supplier<UUID> operationIds;

  private final PreparedStatement read;
  private final PreparedStatement create;
  private final PreparedStatement acquire;
  private final PreparedStatement commit;
  private final PreparedStatement release;
  private final PreparedStatement fence;
  private final PreparedStatement appendRow;
  private final PreparedStatement operation;
  private final PreparedStatement log;
  private final PreparedStatement trim;
  private final PreparedStatement remove;

  CassandraHeads(
      CqlSession session, String keyspace, Retries retries, Supplier<UUID> operationIds) {
    this.session = session;
    this.retries = retries;
    this.lwt = new Lwt(session, retries);
    this.operationIds = operationIds;
    var table = keyspace + ".project_head";
    read =
        session.prepare(
            "SELECT head_epoch, holder, incarnation, root, root_txg, root_epoch FROM "
                + table
                + " WHERE project_id = ? LIMIT 1");
    create =
        session.prepare(
            "INSERT INTO "
                + table
                + " (project_id, txg, epoch, seq, operation, head_epoch, holder, incarnation, root,"
                + " root_txg, root_epoch) VALUES (?, "
                + SENTINEL_TXG
                + ", 0, 0, ?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS");
    acquire =
        session.prepare(
            "UPDATE "
                + table
                + " SET head_epoch = ?, holder = ?, incarnation = ? WHERE project_id = ?"
                + FENCE
                + " AND root = ? AND root_txg = ?");
    commit =
        session.prepare(
            "UPDATE "
                + table
                + " SET root = ?, root_txg = ?, root_epoch = ? WHERE project_id = ?"
                + FENCE
                + " AND root_txg < ?");
    release =
        session.prepare(
            "UPDATE " + table + " SET holder = ?, incarnation = ? WHERE project_id = ?" + FENCE);
    fence =
        session.prepare("UPDATE " + table + " SET last_append = ? WHERE project_id = ?" + FENCE);
    appendRow =
        session.prepare(
            "INSERT INTO "
                + table
                + " (project_id, txg, epoch, seq, operation, sealed) VALUES (?, ?, ?, ?, ?, ?)");
    operation =
        session.prepare(
            "SELECT operation FROM "
                + table
                + " WHERE project_id = ? AND txg = ? AND epoch = ? AND seq = ?");
    log =
        session.prepare(
            "SELECT txg, epoch, seq, sealed FROM " + table + " WHERE project_id = ? AND txg > ?");
    trim =
        session.prepare("DELETE FROM " + table + " WHERE project_id = ? AND txg >= 0 AND txg <= ?");
    remove = session.prepare("DELETE FROM " + table + " WHERE project_id = ?");
  }

  /** The static columns. */
  private record State(Head head, long rootEpoch) {
    boolean isHeldBy(Fence fence) {
      return head.epoch() == fence.epoch()
          && fence.host().equals(head.host())
          && fence.incarnation().equals(head.incarnation());
    }
  }

  @Override
  public @Nullable Head read(ProjectId project) throws MetadataException {
    var row = lwt.readSerial("read the head of project " + project, read.bind(project.uuid()));
    return row == null ? null : state(project, row).head();
  }

  @Override
  public boolean create(ProjectId project, BlockId root, long txg) throws MetadataException {
    var id = operationIds.get();
    var rootBytes = ByteBuffer.wrap(root.toBytes());
    long epoch = Txgs.epoch(txg);
    return lwt.change(
        "create the head of project " + project,
        create.bind(project.uuid(), id, epoch, NOBODY, NOBODY, rootBytes, txg, epoch),
        true,
        () -> operationAt(project, SENTINEL_TXG, 0, 0).map(id::equals));
  }

  @Override
  public boolean acquire(Head seen, Fence fence) throws MetadataException {
    if (fence.epoch() != seen.epoch() + 1 || !fence.project().equals(seen.project())) {
      throw new IllegalArgumentException(fence + " does not follow " + seen);
    }
    return lwt.change(
        "acquire project " + fence.project(),
        acquire.bind(
            fence.epoch(),
            fence.host(),
            fence.incarnation(),
            fence.project().uuid(),
            seen.epoch(),
            orNobody(seen.host()),
            orNobody(seen.incarnation()),
            ByteBuffer.wrap(seen.root().toBytes()),
            seen.txg()),
        true,
        () -> {
          var state = state(fence.project());
          return state != null && state.head().equals(seen)
              ? Optional.empty()
              : Optional.of(state != null && state.isHeldBy(fence));
        });
  }

  @Override
  public void commit(Fence fence, BlockId root, long txg) throws MetadataException {
    lwt.change(
        "commit txg " + txg + " of project " + fence.project(),
        commit.bind(
            ByteBuffer.wrap(root.toBytes()),
            txg,
            fence.epoch(),
            fence.project().uuid(),
            fence.epoch(),
            fence.host(),
            fence.incarnation(),
            txg),
        true,
        () -> {
          var state = check(fence);
          if (state.head().txg() < txg) {
            return Optional.empty();
          }
          if (state.rootEpoch() != fence.epoch()) {
            throw new IllegalArgumentException(
                "txg " + txg + " of project " + fence.project() + " is an earlier holder's");
          }
          return Optional.of(true);
        });
  }

  @Override
  public void release(Fence fence) throws MetadataException {
    lwt.change(
        "release project " + fence.project(),
        this.release.bind(
            NOBODY,
            NOBODY,
            fence.project().uuid(),
            fence.epoch(),
            fence.host(),
            fence.incarnation()),
        true,
        () -> {
          var state = state(fence.project());
          return state != null && state.isHeldBy(fence) ? Optional.empty() : Optional.of(true);
        });
  }

  @Override
  public void append(Fence fence, List<LogRow> rows) throws MetadataException {
    long bytes = rows.stream().mapToLong(row -> row.sealed().length).sum();
    if (rows.isEmpty()
        || bytes > APPEND_BYTES_MAX
        || rows.stream().anyMatch(row -> row.txg() < 0)) {
      throw new IllegalArgumentException(rows.size() + " rows of " + bytes + " bytes");
    }
    var id = operationIds.get();
    var project = fence.project();
    var batch = BatchStatement.builder(BatchType.UNLOGGED);
    batch.addStatement(
        this.fence.bind(id, project.uuid(), fence.epoch(), fence.host(), fence.incarnation()));
    for (var row : rows) {
      batch.addStatement(
          appendRow.bind(
              project.uuid(),
              row.txg(),
              fence.epoch(),
              row.seq(),
              id,
              ByteBuffer.wrap(row.sealed())));
    }
    var first = rows.getFirst();
    lwt.change(
        "append to the log of project " + project,
        batch.build(),
        true,
        () -> {
          // The head first: once another holds the project, no delayed attempt can succeed any
          // more.
          var state = state(project);
          if (operationAt(project, first.txg(), fence.epoch(), first.seq())
              .filter(id::equals)
              .isPresent()) {
            return Optional.of(true);
          }
          if (state == null || !state.isHeldBy(fence)) {
            throw fenced(fence, state);
          }
          return Optional.empty();
        });
  }

  @Override
  public List<LogRow> log(ProjectId project, long committedTxg) throws MetadataException {
    var select =
        log.bind(project.uuid(), Math.max(committedTxg, SENTINEL_TXG))
            .setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL)
            .setPageSize(PAGE_ROWS)
            .setIdempotent(true);
    return retries.until(
        "read the log of project " + project,
        () -> {
          var rows = new ArrayList<Row>();
          session.execute(select).forEach(rows::add);
          rows.sort(
              Comparator.comparingLong((Row row) -> row.getLong("epoch"))
                  .thenComparingLong(row -> row.getLong("seq")));
          return Optional.of(rows.stream().map(CassandraHeads::logRow).toList());
        });
  }

  @Override
  public void trim(ProjectId project, long txg) throws MetadataException {
    var delete = trim.bind(project.uuid(), txg).setIdempotent(true);
    retries.until("trim the log of project " + project, () -> Optional.of(session.execute(delete)));
  }

  /**
   * A plain deletion of the whole partition: nobody will change it any more, and what a clock that
   * is behind leaves of it nobody reads.
   */
  @Override
  public void remove(ProjectId project) throws MetadataException {
    var delete = remove.bind(project.uuid()).setIdempotent(true);
    retries.until(
        "remove the head of project " + project, () -> Optional.of(session.execute(delete)));
  }

  private static LogRow logRow(Row row) {
    return new LogRow(row.getLong("txg"), row.getLong("seq"), Columns.bytes(row, "sealed"));
  }

  private Optional<UUID> operationAt(ProjectId project, long txg, long epoch, long seq) {
    var row = lwt.readSerial(operation.bind(project.uuid(), txg, epoch, seq));
    return Optional.ofNullable(row).map(r -> r.getUuid("operation"));
  }

  private State check(Fence fence) throws MetadataException {
    var state = state(fence.project());
    if (state == null || !state.isHeldBy(fence)) {
      throw fenced(fence, state);
    }
    return state;
  }

  private static Fenced fenced(Fence fence, @Nullable State state) {
    return new Fenced(
        "project "
            + fence.project()
            + " is no longer held in epoch "
            + fence.epoch()
            + " by this host: "
            + (state == null ? "no head" : state.head()));
  }

  private @Nullable State state(ProjectId project) throws MetadataException {
    var row = lwt.readSerial(read.bind(project.uuid()));
    return row == null ? null : state(project, row);
  }

  private static State state(ProjectId project, Row row) throws MetadataException {
    var root = Columns.bytes(row, "root");
    if (root.length != BlockId.BYTES) {
      throw new MetadataException.Corrupt("the head of project " + project + " has no root");
    }
    return new State(
        new Head(
            project,
            row.getLong("head_epoch"),
            orNull(row.getUuid("holder")),
            orNull(row.getUuid("incarnation")),
            BlockId.of(root),
            row.getLong("root_txg")),
        row.getLong("root_epoch"));
  }

  private static UUID orNobody(@Nullable UUID id) {
    return id == null ? NOBODY : id;
  }

  private static @Nullable UUID orNull(@Nullable UUID id) {
    return NOBODY.equals(id) ? null : id;
  }
}
