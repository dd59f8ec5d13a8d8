package org.salvusfs.metadata.sim;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;

/** The catalogue in memory. State is guarded by the lock of {@link Faults}. */
final class SimProjects implements ProjectStore {
  private final Faults faults;
  private final TreeMap<String, Project> byName = new TreeMap<>();

  SimProjects(Faults faults) {
    this.faults = faults;
  }

  @Override
  public boolean create(Project project) throws MetadataException {
    return faults.run(
        "create project",
        () -> {
          var same = byId(project.id());
          if (same != null && !same.name().equals(project.name())) {
            throw new IllegalArgumentException("project " + project.id() + " exists: " + same);
          }
          byName.putIfAbsent(project.name(), project);
          return project.id().equals(byName.get(project.name()).id());
        });
  }

  @Override
  public @Nullable Project find(ProjectId id) throws MetadataException {
    return faults.<@Nullable Project>run("find project", () -> byId(id));
  }

  @Override
  public @Nullable Project find(String name) throws MetadataException {
    return faults.<@Nullable Project>run("find project", () -> byName.get(name));
  }

  @Override
  public List<Project> list() throws MetadataException {
    return faults.run("list projects", () -> List.copyOf(byName.values()));
  }

  @Override
  public void setLimits(ProjectId id, Limits limits) throws MetadataException {
    change(
        "set limits",
        id,
        p -> new Project(p.id(), p.name(), p.durability(), p.created(), limits, p.overSoftSince()));
  }

  @Override
  public void setOverSoftSince(ProjectId id, @Nullable Instant since) throws MetadataException {
    change(
        "note the soft limit",
        id,
        p -> new Project(p.id(), p.name(), p.durability(), p.created(), p.limits(), since));
  }

  private void change(String what, ProjectId id, UnaryOperator<Project> to)
      throws MetadataException {
    faults.<@Nullable Project>run(
        what,
        () ->
            byName.computeIfPresent(
                Objects.requireNonNull(byId(id)).name(), (n, p) -> to.apply(p)));
  }

  private @Nullable Project byId(ProjectId id) {
    return byName.values().stream().filter(p -> p.id().equals(id)).findFirst().orElse(null);
  }
}
