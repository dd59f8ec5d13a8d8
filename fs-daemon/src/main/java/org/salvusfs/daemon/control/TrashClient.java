package org.salvusfs.daemon.control;

import java.util.List;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DeletedProject;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.PurgedProject;

/** What a command can ask, as far as it is about deleted projects. */
record TrashClient(ControlClient client) implements ManagedTrash {
  @Override
  public List<DeletedProject> list() throws DaemonException {
    return List.of(client.ask("GET", "/v1/trash", null, DeletedProject[].class));
  }

  @Override
  public DeletedProject delete(String project) throws DaemonException {
    return client.ask("DELETE", ControlClient.path(project), null, DeletedProject.class);
  }

  @Override
  public ProjectStatus undelete(String project) throws DaemonException {
    return client.ask("POST", ControlClient.path(project) + "/undelete", null, ProjectStatus.class);
  }

  @Override
  public PurgedProject purge(String project, boolean force) throws DaemonException {
    var wanted = new Messages.Purge(force);
    return client.ask("POST", ControlClient.path(project) + "/purge", wanted, PurgedProject.class);
  }
}
