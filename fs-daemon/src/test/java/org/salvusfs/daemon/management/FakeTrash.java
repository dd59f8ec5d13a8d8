package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps deleted projects in memory; one that is called held is held. */
final class FakeTrash implements ManagedTrash {
  private final FakeDaemon daemon;
  private final Map<String, ProjectStatus> byName = new TreeMap<>();

  FakeTrash(FakeDaemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public List<DeletedProject> list() {
    return byName.values().stream().map(FakeTrash::status).toList();
  }

  private static DeletedProject status(ProjectStatus project) {
    return new DeletedProject(
        project.id(), project.name(), "deleted", "2026-11-21T14:05:00Z", 86_400 + 7_200);
  }

  @Override
  public DeletedProject delete(String project) throws DaemonException {
    var taken = daemon.take(project);
    byName.put(taken.name(), taken);
    return status(taken);
  }

  private ProjectStatus find(String project) throws DaemonException {
    var found = byName.get(project);
    if (found == null) {
      daemon.project(project); // refuses one that never was
      throw new DaemonException.Invalid("project " + project + " is not in the trash");
    }
    return found;
  }

  @Override
  public ProjectStatus undelete(String project) throws DaemonException {
    var found = find(project);
    byName.remove(project);
    daemon.put(found);
    return found;
  }

  @Override
  public PurgedProject purge(String project, boolean force) throws DaemonException {
    var found = find(project);
    if (project.equals("held") && !force) {
      throw new DaemonException.Held("a snapshot of project " + project + " is held");
    }
    byName.remove(project);
    return new PurgedProject(found.id(), found.name(), project.equals("held"));
  }
}
