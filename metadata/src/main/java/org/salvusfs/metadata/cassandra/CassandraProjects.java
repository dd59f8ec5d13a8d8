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
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
 * name points to it: whoever dies between the two writes leaves a row that no one sees, and no
 * blocked name.
 */
final class CassandraProjects implements ProjectStore {
  private final CqlSession session;
  private final Retries retries;
  private final Lwt lwt;
  private final PreparedStatement insert;
  private final PreparedStatement limit;
  private final PreparedStatement overSoft;
  private final PreparedStatement claim;
  private final PreparedStatement byId;
  private final PreparedStatement byName;
  private final PreparedStatement all;
  private final PreparedStatement allNames;

  CassandraProjects(CqlSession session, String keyspace, Retries retries) {
    this.session = session;
    this.retries = retries;
    this.lwt = new Lwt(session, retries);
    var columns = "project_id, name, durability, created";
    var select =
        "SELECT " + columns + ", " + ProjectLimits.COLUMNS + " FROM " + keyspace + ".project";
    var names = keyspace + ".project_name";
    insert =
        session.prepare(
            "INSERT INTO " + keyspace + ".project (" + columns + ") VALUES (?, ?, ?, ?)");
    limit = session.prepare(ProjectLimits.update(keyspace));
    overSoft =
        session.prepare(
            "UPDATE " + keyspace + ".project SET over_soft_since = ? WHERE project_id = ?");
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
                project.created().truncatedTo(ChronoUnit.MILLIS))
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
    return project != null && owner(project.name()).filter(id.uuid()::equals).isPresent()
        ? project
        : null;
  }

  @Override
  public @Nullable Project find(String name) throws MetadataException {
    var owner = owner(name);
    return owner.isPresent() ? readById(owner.get()) : null;
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
            var project = project(row);
            if (project.id().uuid().equals(owners.get(project.name()))) {
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
                        .map(CassandraProjects::project)))
        .orElse(null);
  }

  private static Project project(Row row) {
    Instant created = Columns.present(row.getInstant("created"), row, "created");
    return new Project(
        new ProjectId(Columns.uuid(row, "project_id")),
        Columns.text(row, "name"),
        Durability.valueOf(Columns.text(row, "durability")),
        created,
        ProjectLimits.of(row),
        ProjectLimits.overSoftSince(row));
  }
}
