package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotSpace;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.LineageItem;

/**
 * Snapshots in {@code snapshot}: a partition per project. A change reads the partition serially,
 * decides, and writes on condition that the static column {@code change} still names the change
 * that was read; if not, or if the answer is lost, it begins again. Every decision is such that
 * making it again after it was carried out has the same result.
 */
final class CassandraSnapshots implements SnapshotStore {
  private static final String COLUMNS =
      "project_id, created, name, root, txg, bytes, inodes, kind, comment, lineage, holds, clones,"
          + " deleting, space";

  /** Length of a list in the column {@code space}. */
  private static final int SPACE_NUMBERS = 5;

  /**
   * A project's partition as it was read.
   *
   * @param epoch of the latest holder, -1 before the first
   * @param change the latest change, null before the first
   */
  private record Present(long epoch, @Nullable UUID change, List<Snapshot> all) {
    @Nullable Snapshot at(Instant created) {
      for (var snapshot : all) {
        if (snapshot.created().equals(created)) {
          return snapshot;
        }
      }
      return null;
    }

    @Nullable Snapshot usableAt(Instant created) {
      var snapshot = at(created);
      return snapshot == null || snapshot.isDeleting() ? null : snapshot;
    }
  }

  /**
   * What a change comes to.
   *
   * @param change null: there is nothing to change
   */
  private record Decision<T>(T result, @Nullable Change change) {
    static <T> Decision<T> none(T result) {
      return new Decision<>(result, null);
    }

    static <T> Decision<T> write(T result, long epoch, BoundStatement... rows) {
      return new Decision<>(result, new Change(epoch, List.of(rows)));
    }
  }

  /** The epoch that the partition shall have, and what is written with it. */
  private record Change(long epoch, List<BoundStatement> rows) {}

  @FunctionalInterface
  private interface Decider<T> {
    Decision<T> decide(Present present) throws MetadataException;
  }

  private final CqlSession session;
  private final Retries retries;
  private final Supplier<UUID> changeIds;
  private final PreparedStatement read;
  private final PreparedStatement found;
  private final PreparedStatement condition;
  private final PreparedStatement put;
  private final PreparedStatement remove;
  private final PreparedStatement forget;

  CassandraSnapshots(
      CqlSession session, String keyspace, Retries retries, Supplier<UUID> changeIds) {
    this.session = session;
    this.retries = retries;
    this.changeIds = changeIds;
    var table = keyspace + ".snapshot";
    read =
        session.prepare(
            "SELECT epoch, change, " + COLUMNS + " FROM " + table + " WHERE project_id = ?");
    found =
        session.prepare(
            "INSERT INTO " + table + " (epoch, change, project_id) VALUES (?, ?, ?) IF NOT EXISTS");
    condition =
        session.prepare(
            "UPDATE " + table + " SET epoch = ?, change = ? WHERE project_id = ? IF change = ?");
    put =
        session.prepare(
            "INSERT INTO "
                + table
                + " ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    remove = session.prepare("DELETE FROM " + table + " WHERE project_id = ? AND created = ?");
    forget = session.prepare("DELETE FROM " + table + " WHERE project_id = ?");
  }

  @Override
  public void open(Fence fence) throws MetadataException {
    change(
        fence.project(),
        "open the snapshots",
        present -> {
          if (present.epoch > fence.epoch()) {
            throw fenced(fence, present);
          }
          return Decision.write(true, fence.epoch());
        });
  }

  @Override
  public List<Snapshot> list(ProjectId project) throws MetadataException {
    return listAll(project).stream().filter(snapshot -> !snapshot.isDeleting()).toList();
  }

  @Override
  public List<Snapshot> listAll(ProjectId project) throws MetadataException {
    return retries.until(
        "list the snapshots of project " + project, () -> Optional.of(present(project).all));
  }

  @Override
  public @Nullable Snapshot find(ProjectId project, String name) throws MetadataException {
    for (var snapshot : list(project)) {
      if (snapshot.name().equals(name)) {
        return snapshot;
      }
    }
    return null;
  }

  @Override
  public Creation create(Fence fence, Snapshot snapshot) throws MetadataException {
    return change(
        fence.project(),
        "create snapshot " + snapshot.name(),
        present -> {
          checkFence(fence, present);
          var same = present.at(snapshot.created());
          if (same != null) {
            return Decision.none(same.equals(snapshot) ? Creation.CREATED : Creation.INSTANT_TAKEN);
          }
          for (var other : present.all) {
            if (!other.isDeleting() && other.name().equals(snapshot.name())) {
              return Decision.none(Creation.NAME_TAKEN);
            }
          }
          return Decision.write(Creation.CREATED, present.epoch, bind(snapshot));
        });
  }

  @Override
  public void count(Fence fence, Map<Instant, SnapshotSpace> counted) throws MetadataException {
    change(
        fence.project(),
        "count the space of snapshots",
        present -> {
          checkFence(fence, present);
          var rows = new ArrayList<BoundStatement>();
          for (var snapshot : present.all) {
            var space = counted.get(snapshot.created());
            if (space != null && !space.equals(snapshot.space())) {
              rows.add(bind(snapshot.withSpace(space)));
            }
          }
          return rows.isEmpty()
              ? Decision.none(true)
              : Decision.write(true, present.epoch, rows.toArray(BoundStatement[]::new));
        });
  }

  @Override
  public Deletion delete(ProjectId project, Instant created) throws MetadataException {
    return change(
        project,
        "delete a snapshot",
        present -> {
          var snapshot = present.at(created);
          if (snapshot == null) {
            return Decision.none(Deletion.UNKNOWN);
          }
          if (snapshot.isDeleting()) {
            return Decision.none(Deletion.DELETING);
          }
          return snapshot.holds().isEmpty()
              ? put(present, snapshot.deleting(), Deletion.DELETING)
              : Decision.none(Deletion.HELD);
        });
  }

  @Override
  public void remove(Fence fence, Instant created) throws MetadataException {
    change(
        fence.project(),
        "remove a snapshot",
        present -> {
          checkFence(fence, present);
          var snapshot = present.at(created);
          if (snapshot == null) {
            return Decision.none(true);
          }
          if (!snapshot.isDeleting() || !snapshot.clones().isEmpty()) {
            throw new IllegalStateException("still in use: " + snapshot);
          }
          return Decision.write(true, present.epoch, remove.bind(fence.project().uuid(), created));
        });
  }

  @Override
  public boolean hold(ProjectId project, Instant created, String tag) throws MetadataException {
    return change(
        project,
        "hold a snapshot",
        present -> {
          var snapshot = present.usableAt(created);
          if (snapshot == null || snapshot.holds().contains(tag)) {
            return Decision.none(snapshot != null);
          }
          var holds = new HashSet<>(snapshot.holds());
          holds.add(tag);
          return put(present, snapshot.withHolds(holds), true);
        });
  }

  @Override
  public boolean release(ProjectId project, Instant created, String tag) throws MetadataException {
    var tried = new AtomicBoolean();
    return change(
        project,
        "release a snapshot",
        present -> {
          var snapshot = present.usableAt(created);
          if (snapshot == null || !snapshot.holds().contains(tag)) {
            return Decision.none(tried.get());
          }
          tried.set(true);
          var holds = new HashSet<>(snapshot.holds());
          holds.remove(tag);
          return put(present, snapshot.withHolds(holds), true);
        });
  }

  @Override
  public boolean addClone(ProjectId origin, Instant created, ProjectId clone, UUID maker)
      throws MetadataException {
    return change(
        origin,
        "note a clone",
        present -> {
          var snapshot = present.usableAt(created);
          if (snapshot == null || maker.equals(snapshot.clones().get(clone))) {
            return Decision.none(snapshot != null);
          }
          var clones = new HashMap<>(snapshot.clones());
          clones.put(clone, maker);
          return put(present, snapshot.withClones(clones), true);
        });
  }

  @Override
  public void forget(ProjectId project) throws MetadataException {
    var delete = forget.bind(project.uuid()).setIdempotent(true);
    retries.until(
        "forget the snapshots of project " + project, () -> Optional.of(session.execute(delete)));
  }

  @Override
  public void removeClone(ProjectId origin, Instant created, ProjectId clone)
      throws MetadataException {
    change(
        origin,
        "forget a clone",
        present -> {
          var snapshot = present.at(created);
          if (snapshot == null || !snapshot.clones().containsKey(clone)) {
            return Decision.none(true);
          }
          var clones = new HashMap<>(snapshot.clones());
          clones.remove(clone);
          return put(present, snapshot.withClones(clones), true);
        });
  }

  private <T> Decision<T> put(Present present, Snapshot changed, T result) {
    return Decision.write(result, present.epoch, bind(changed));
  }

  /** Reads, decides and writes until what was read is still so when it is written. */
  private <T> T change(ProjectId project, String what, Decider<T> decider)
      throws MetadataException {
    return retries.until(
        what + " of project " + project,
        () -> {
          var present = present(project);
          var decision = decider.decide(present);
          var change = decision.change;
          if (change == null) {
            return Optional.of(decision.result);
          }
          var batch =
              BatchStatement.builder(BatchType.UNLOGGED)
                  .addStatement(condition(project, present, change.epoch));
          change.rows.forEach(batch::addStatement);
          boolean applied = session.execute(batch.build().setIdempotent(false)).wasApplied();
          return applied ? Optional.of(decision.result) : Optional.empty();
        });
  }

  /** Names a new change, if the latest one still is the one that was read. */
  private BoundStatement condition(ProjectId project, Present present, long epoch) {
    UUID latest = present.change;
    return latest == null
        ? found.bind(epoch, changeIds.get(), project.uuid())
        : condition.bind(epoch, changeIds.get(), project.uuid(), latest);
  }

  private Present present(ProjectId project) throws MetadataException {
    var rows =
        session.execute(
            read.bind(project.uuid())
                .setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL)
                .setIdempotent(true));
    long epoch = -1;
    @Nullable UUID change = null;
    var all = new ArrayList<Snapshot>();
    for (var row : rows) {
      epoch = row.getLong("epoch");
      change = Columns.uuid(row, "change");
      if (!row.isNull("created")) {
        all.add(snapshot(row));
      }
    }
    return new Present(epoch, change, all);
  }

  private static void checkFence(Fence fence, Present present) throws Fenced {
    if (present.epoch > fence.epoch()) {
      throw fenced(fence, present);
    }
    if (present.epoch < fence.epoch()) {
      throw new IllegalStateException("the snapshots were not opened with " + fence);
    }
  }

  private static Fenced fenced(Fence fence, Present present) {
    return new Fenced(
        "the snapshots of project "
            + fence.project()
            + " belong to epoch "
            + present.epoch
            + ", no longer to "
            + fence.epoch());
  }

  private BoundStatement bind(Snapshot snapshot) {
    var clones = new HashMap<UUID, UUID>();
    snapshot.clones().forEach((clone, maker) -> clones.put(clone.uuid(), maker));
    return put.bind(
        snapshot.project().uuid(),
        snapshot.created(),
        snapshot.name(),
        ByteBuffer.wrap(snapshot.root().toBytes()),
        snapshot.txg(),
        snapshot.bytes(),
        snapshot.inodes(),
        snapshot.kind().name(),
        snapshot.comment(),
        ByteBuffer.wrap(new LineageItem(snapshot.project(), snapshot.lineage()).encode()),
        snapshot.holds(),
        clones,
        snapshot.isDeleting(),
        numbers(snapshot.space()));
  }

  /** Empty: not counted. No column is ever null, as elsewhere. */
  private static List<Long> numbers(@Nullable SnapshotSpace space) {
    return space == null
        ? List.of()
        : List.of(
            space.grandparentTxg(),
            space.parentTxg(),
            space.releasedBytes(),
            space.addedBytes(),
            space.aloneBytes());
  }

  /** Rows that are older than the column have none. */
  private static @Nullable SnapshotSpace space(Row row) {
    var numbers = row.getList("space", Long.class);
    return numbers == null || numbers.size() != SPACE_NUMBERS
        ? null
        : new SnapshotSpace(
            numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3), numbers.get(4));
  }

  private static Snapshot snapshot(Row row) throws MetadataException.Corrupt {
    var clones = new HashMap<ProjectId, UUID>();
    Map<UUID, UUID> stored = Objects.requireNonNull(row.getMap("clones", UUID.class, UUID.class));
    stored.forEach((clone, maker) -> clones.put(new ProjectId(clone), maker));
    return new Snapshot(
        new ProjectId(Columns.uuid(row, "project_id")),
        Columns.present(row.getInstant("created"), row, "created"),
        Columns.text(row, "name"),
        BlockId.of(Columns.bytes(row, "root")),
        row.getLong("txg"),
        row.getLong("bytes"),
        row.getLong("inodes"),
        Snapshot.Kind.valueOf(Columns.text(row, "kind")),
        Columns.text(row, "comment"),
        LineageItem.decode(Columns.bytes(row, "lineage")).lineage(),
        Objects.requireNonNull(row.getSet("holds", String.class)),
        clones,
        row.getBoolean("deleting"),
        space(row));
  }
}
