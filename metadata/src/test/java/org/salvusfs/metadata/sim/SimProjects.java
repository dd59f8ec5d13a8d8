package org.salvusfs.metadata.sim;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;

/** The catalogue in memory. State is guarded by the lock of {@link Faults}. */
final class SimProjects implements ProjectStore {
  private final Faults faults;
  private final Map<ProjectId, Project> byId = new HashMap<>();
  private final TreeMap<String, ProjectId> byName = new TreeMap<>();

  SimProjects(Faults faults) {
    this.faults = faults;
  }

  @Override
  public boolean create(Project project) throws MetadataException {
    return faults.run(
        "create project",
        () -> {
          var same = named(project.id());
          if (same != null && !same.name().equals(project.name())) {
            throw new IllegalArgumentException("project " + project.id() + " exists: " + same);
          }
          if (byName.putIfAbsent(project.name(), project.id()) == null) {
            byId.put(project.id(), project);
          }
          return project.id().equals(byName.get(project.name()));
        });
  }

  @Override
  public @Nullable Project find(ProjectId id) throws MetadataException {
    return faults.<@Nullable Project>run(
        "find project",
        () -> {
          var project = byId.get(id);
          return project != null && isPurging(project) ? project : named(id);
        });
  }

  @Override
  public @Nullable Project find(String name) throws MetadataException {
    return faults.<@Nullable Project>run(
        "find project",
        () -> {
          var id = byName.get(name);
          var project = id == null ? null : byId.get(id);
          return project == null || isPurging(project) ? null : project;
        });
  }

  @Override
  public List<Project> list() throws MetadataException {
    return faults.run("list projects", () -> all(each -> !isPurging(each)));
  }

  @Override
  public List<Project> purging() throws MetadataException {
    return faults.run("list projects that are being purged", () -> all(SimProjects::isPurging));
  }

  private List<Project> all(Predicate<Project> wanted) {
    return byId.values().stream()
        .filter(wanted)
        .sorted(Comparator.comparing(Project::name))
        .toList();
  }

  @Override
  public void setLimits(ProjectId id, Limits limits) throws MetadataException {
    change("set limits", id, project -> project.withLimits(limits));
  }

  @Override
  public void setOverSoftSince(ProjectId id, @Nullable Instant since) throws MetadataException {
    change("note the soft limit", id, project -> project.withOverSoftSince(since));
  }

  @Override
  public void setDurability(ProjectId id, Durability durability) throws MetadataException {
    change("set the durability", id, project -> project.withDurability(durability));
  }

  @Override
  public void setCompression(ProjectId id, Compression compression) throws MetadataException {
    change("set the compression", id, project -> project.withCompression(compression));
  }

  @Override
  public void setSnapshotPolicy(ProjectId id, String policy) throws MetadataException {
    change("set the snapshot policy", id, project -> project.withSnapshotPolicy(policy));
  }

  @Override
  public boolean move(
      ProjectId id, Project.State from, Project.State to, @Nullable Instant deletedAt)
      throws MetadataException {
    return faults.run(
        "move project",
        () -> {
          var project = byId.get(id);
          if (project == null) {
            return false;
          }
          var moved = project.withState(to, deletedAt);
          if (project.state() == from) {
            byId.put(id, moved);
          }
          return project.state() == from || project.equals(moved);
        });
  }

  @Override
  public void freeName(Project project) throws MetadataException {
    faults.run("free a name", () -> byName.remove(project.name(), project.id()));
  }

  @Override
  public void remove(ProjectId id) throws MetadataException {
    faults.run(
        "remove project",
        () -> byId.values().removeIf(each -> each.id().equals(id) && isPurging(each)));
  }

  private void change(String what, ProjectId id, UnaryOperator<Project> to)
      throws MetadataException {
    faults.<@Nullable Project>run(
        what, () -> byId.put(id, to.apply(Objects.requireNonNull(byId.get(id)))));
  }

  private static boolean isPurging(Project project) {
    return project.state() == Project.State.PURGING;
  }

  private @Nullable Project named(ProjectId id) {
    var project = byId.get(id);
    return project != null && id.equals(byName.get(project.name())) ? project : null;
  }
}
