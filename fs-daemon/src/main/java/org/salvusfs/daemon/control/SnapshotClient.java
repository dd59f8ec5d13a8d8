package org.salvusfs.daemon.control;

import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FileDifference;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.SnapshotStatus;

/** What a command can ask, as far as it is about snapshots. */
record SnapshotClient(ControlClient client) implements ManagedSnapshots {
  private static String path(String project) {
    return ControlClient.path(project) + "/snapshots";
  }

  private static String path(String project, String snapshot) {
    return path(project) + "/" + Connection.encoded(snapshot);
  }

  @Override
  public SnapshotStatus create(String project, Optional<String> name, String comment)
      throws DaemonException {
    var wanted = new Messages.NewSnapshot(name.orElse(null), comment);
    return client.ask("POST", path(project), wanted, SnapshotStatus.class);
  }

  @Override
  public List<SnapshotStatus> list(String project) throws DaemonException {
    return List.of(client.ask("GET", path(project), null, SnapshotStatus[].class));
  }

  @Override
  public SnapshotStatus show(String project, String snapshot) throws DaemonException {
    return client.ask("GET", path(project, snapshot), null, SnapshotStatus.class);
  }

  @Override
  public List<FileDifference> diff(String project, String earlier, Optional<String> later)
      throws DaemonException {
    var path =
        path(project, earlier)
            + "/differences"
            + later.map(name -> "?to=" + Connection.encoded(name)).orElse("");
    return List.of(client.ask("GET", path, null, FileDifference[].class));
  }

  @Override
  public void delete(String project, String snapshot) throws DaemonException {
    client.order("DELETE", path(project, snapshot));
  }

  @Override
  public SnapshotStatus hold(String project, String snapshot, String tag) throws DaemonException {
    var path = path(project, snapshot) + "/hold";
    return client.ask("POST", path, new Messages.Hold(tag), SnapshotStatus.class);
  }

  @Override
  public SnapshotStatus release(String project, String snapshot, String tag)
      throws DaemonException {
    var path = path(project, snapshot) + "/release";
    return client.ask("POST", path, new Messages.Hold(tag), SnapshotStatus.class);
  }

  @Override
  public SnapshotStatus rollback(String project, String snapshot) throws DaemonException {
    return client.ask("POST", path(project, snapshot) + "/rollback", null, SnapshotStatus.class);
  }

  @Override
  public SnapshotStatus restore(String project, String snapshot, String path, Optional<String> to)
      throws DaemonException {
    var wanted = new Messages.Restore(path, to.orElse(null));
    return client.ask("POST", path(project, snapshot) + "/restore", wanted, SnapshotStatus.class);
  }

  @Override
  public ProjectStatus setPolicy(String project, String policy) throws DaemonException {
    return client.ask(
        "POST",
        ControlClient.path(project) + "/policy",
        new Messages.Policy(policy),
        ProjectStatus.class);
  }

  @Override
  public ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
      throws DaemonException {
    var wanted = new Messages.NewClone(snapshot.orElse(null), name);
    return client.ask("POST", ControlClient.path(project) + "/clones", wanted, ProjectStatus.class);
  }
}
