package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;

/**
 * The catalogue: {@code project} by id, {@code project_name} by name.
 *
 * <p>Names are unique across ids, which only a row under the name itself can decide; so the claim
 * of the name is the lightweight transaction, and it comes last. A project exists exactly if its
 * name points to it, or if it is being purged: whoever dies between the two writes leaves a row
 * that no one sees, and no blocked name. A row without a name is one that was written to after its
 * project had gone.
 */
final class CassandraProjects implements ProjectStore {
  private static final String LIVE = Project.State.LIVE.name();

  /** Where a move says which state it found. */
  private static final int PRESENT_STATE = 4;

  private final CqlSession session;
  private final Retries retries;
  private final Lwt lwt;
  private final PreparedStatement insert;
  private final PreparedStatement limit;
  private final PreparedStatement overSoft;
  private final PreparedStatement durability;
  private final PreparedStatement compression;
  private final PreparedStatement policy;
  private final PreparedStatement move;
  private final PreparedStatement freeName;
  private final PreparedStatement remove;
  private final PreparedStatement claim;
  private final PreparedStatement byId;
  private final PreparedStatement byName;
  private final PreparedStatement all;
  private final PreparedStatement allNames;

  CassandraProjects(CqlSession session, String keyspace, Retries retries) {
    this.session = session;
    this.retries = retries;
    this.lwt = new Lwt(session, retries);
    var columns = "project_id, name, durability, created, compression, own_key";
    var select =
        "SELECT "
            + columns
            + ", snapshot_policy, state, deleted_at, "
            + ProjectLimits.COLUMNS
            + " FROM "
            + keyspace
            + ".project";
    var names = keyspace + ".project_name";
    insert =
        session.prepare(
            "INSERT INTO " + keyspace + ".project (" + columns + ") VALUES (?, ?, ?, ?, ?, ?)");
    limit = session.prepare(ProjectLimits.update(keyspace));
    overSoft =
        session.prepare(
            "UPDATE " + keyspace + ".project SET over_soft_since = ? WHERE project_id = ?");
    durability =
        session.prepare("UPDATE " + keyspace + ".project SET durability = ? WHERE project_id = ?");
    compression =
        session.prepare("UPDATE " + keyspace + ".project SET compression = ? WHERE project_id = ?");
    policy =
        session.prepare(
            "UPDATE " + keyspace + ".project SET snapshot_policy = ? WHERE project_id = ?");
    move =
        session.prepare(
            "UPDATE "
                + keyspace
                + ".project SET state = ?, deleted_at = ? WHERE project_id = ? IF name = ? AND"
                + " state = ?");
    freeName = session.prepare("DELETE FROM " + names + " WHERE name = ? IF project_id = ?");
    remove =
        session.prepare(
            "DELETE FROM " + keyspace + ".project WHERE project_id = ? IF state = 'PURGING'");
    claim =
        session.prepare("INSERT INTO " + names + " (name, project_id) VALUES (?, ?) IF NOT EXISTS");
    byId = session.prepare(select + " WHERE project_id = ?");
    byName = session.prepare("SELECT project_id FROM " + names + " WHERE name = ?");
    all = session.prepare(select);
    allNames = session.prepare("SELECT name, project_id FROM " + names);
  }

  @Override
  public boolean create(Project project) throws MetadataException {
    var present = find(project.id());
    if (present != null && !present.name().equals(project.name())) {
      throw new IllegalArgumentException("project " + project.id() + " exists: " + present);
    }
    var owner = owner(project.name());
    if (owner.isPresent()) {
      return owner.get().equals(project.id().uuid());
    }
    var row =
        insert
            .bind(
                project.id().uuid(),
                project.name(),
                project.durability().name(),
                project.created().truncatedTo(ChronoUnit.MILLIS),
                project.compression().name(),
                project.ownKey())
            .setIdempotent(true);
    retries.until("write project " + project.id(), () -> Optional.of(session.execute(row)));
    return lwt.change(
        "claim the name " + project.name(),
        claim.bind(project.name(), project.id().uuid()),
        true,
        () ->
            Optional.ofNullable(lwt.readSerial(byName.bind(project.name())))
                .map(name -> Columns.uuid(name, "project_id").equals(project.id().uuid())));
  }

  @Override
  public @Nullable Project find(ProjectId id) throws MetadataException {
    var project = readById(id.uuid());
    return project != null && (isPurging(project) || isNamed(project)) ? project : null;
  }

  @Override
  public @Nullable Project find(String name) throws MetadataException {
    var owner = owner(name);
    var project = owner.isPresent() ? readById(owner.get()) : null;
    return project == null || isPurging(project) ? null : project;
  }

  private static boolean isPurging(Project project) {
    return project.state() == Project.State.PURGING;
  }

  private boolean isNamed(Project project) throws MetadataException {
    return owner(project.name()).filter(project.id().uuid()::equals).isPresent();
  }

  @Override
  public void setLimits(ProjectId id, Limits limits) throws MetadataException {
    var update = ProjectLimits.bind(limit, id, limits).setIdempotent(true);
    retries.until("set the limits of " + id, () -> Optional.of(session.execute(update)));
  }

  @Override
  public void setOverSoftSince(ProjectId id, @Nullable Instant since) throws MetadataException {
    var update = overSoft.bind(ProjectLimits.stored(since), id.uuid()).setIdempotent(true);
    retries.until("note the soft limit of " + id, () -> Optional.of(session.execute(update)));
  }

  @Override
  public void setDurability(ProjectId id, Durability home) throws MetadataException {
    var update = durability.bind(home.name(), id.uuid()).setIdempotent(true);
    retries.until("set the durability of " + id, () -> Optional.of(session.execute(update)));
  }

  @Override
  public void setCompression(ProjectId id, Compression method) throws MetadataException {
    var update = compression.bind(method.name(), id.uuid()).setIdempotent(true);
    retries.until("set the compression of " + id, () -> Optional.of(session.execute(update)));
  }

  @Override
  public void setSnapshotPolicy(ProjectId id, String text) throws MetadataException {
    var update = policy.bind(text, id.uuid()).setIdempotent(true);
    retries.until("set the snapshot policy of " + id, () -> Optional.of(session.execute(update)));
  }

  /** Reads, and writes on condition that what was read is still so, until there is an answer. */
  @Override
  public boolean move(
      ProjectId id, Project.State from, Project.State to, @Nullable Instant deletedAt)
      throws MetadataException {
    var stored = ProjectLimits.stored(deletedAt);
    return retries.until(
        "move project " + id + " to " + to,
        () -> {
          var row = lwt.readSerial(byId.bind(id.uuid()));
          if (row == null || row.isNull("name")) {
            return Optional.of(false);
          }
          var present = project(row);
          if (present.state() == to && ProjectLimits.stored(present.deletedAt()).equals(stored)) {
            return Optional.of(true);
          }
          if (present.state() != from) {
            return Optional.of(false);
          }
          var change =
              move.bind(to.name(), stored, id.uuid(), present.name())
                  .setString(PRESENT_STATE, row.getString("state"));
          return session.execute(change).wasApplied() ? Optional.of(true) : Optional.empty();
        });
  }

  @Override
  public void freeName(Project project) throws MetadataException {
    var name = project.name();
    lwt.change(
        "free the name " + name,
        freeName.bind(name, project.id().uuid()),
        true,
        () -> {
          var row = lwt.readSerial(byName.bind(name));
          boolean isOurs =
              row != null && Columns.uuid(row, "project_id").equals(project.id().uuid());
          return isOurs ? Optional.empty() : Optional.of(true);
        });
  }

  @Override
  public void remove(ProjectId id) throws MetadataException {
    lwt.change(
        "remove project " + id,
        remove.bind(id.uuid()),
        true,
        () -> {
          var row = lwt.readSerial(byId.bind(id.uuid()));
          boolean isThere = row != null && "PURGING".equals(row.getString("state"));
          return isThere ? Optional.empty() : Optional.of(true);
        });
  }

  @Override
  public List<Project> purging() throws MetadataException {
    return retries.until(
        "list the projects that are being purged",
        () -> {
          var projects = new ArrayList<Project>();
          for (var row : session.execute(all.bind().setIdempotent(true))) {
            if (!row.isNull("name") && isPurging(project(row))) {
              projects.add(project(row));
            }
          }
          projects.sort(Comparator.comparing(Project::name));
          return Optional.of(projects);
        });
  }

  @Override
  public List<Project> list() throws MetadataException {
    return retries.until(
        "list the projects",
        () -> {
          var owners = new HashMap<String, UUID>();
          for (var row : session.execute(allNames.bind().setIdempotent(true))) {
            owners.put(Columns.text(row, "name"), Columns.uuid(row, "project_id"));
          }
          var projects = new ArrayList<Project>();
          for (var row : session.execute(all.bind().setIdempotent(true))) {
            if (row.isNull("name")) {
              continue;
            }
            var project = project(row);
            if (!isPurging(project) && project.id().uuid().equals(owners.get(project.name()))) {
              projects.add(project);
            }
          }
          projects.sort(Comparator.comparing(Project::name));
          return Optional.of(projects);
        });
  }

  private Optional<UUID> owner(String name) throws MetadataException {
    return Optional.ofNullable(lwt.readSerial("look up the name " + name, byName.bind(name)))
        .map(row -> Columns.uuid(row, "project_id"));
  }

  private @Nullable Project readById(UUID id) throws MetadataException {
    var select = byId.bind(id).setIdempotent(true);
    return retries
        .until(
            "read project " + id,
            () ->
                Optional.of(
                    Optional.ofNullable(session.execute(select).one())
                        .filter(row -> !row.isNull("name"))
                        .map(CassandraProjects::project)))
        .orElse(null);
  }

  private static Project project(Row row) {
    Instant created = Columns.present(row.getInstant("created"), row, "created");
    return new Project(
        new ProjectId(Columns.uuid(row, "project_id")),
        Columns.text(row, "name"),
        Durability.valueOf(Columns.text(row, "durability")),
        Compression.valueOf(
            Objects.requireNonNullElse(row.getString("compression"), Compression.LZ4.name())),
        created,
        ProjectLimits.of(row),
        ProjectLimits.overSoftSince(row),
        Objects.requireNonNullElse(row.getString("snapshot_policy"), ""),
        Project.State.valueOf(Objects.requireNonNullElse(row.getString("state"), LIVE)),
        ProjectLimits.instant(row, "deleted_at"),
        row.getBoolean("own_key"));
  }
}
