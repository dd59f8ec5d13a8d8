package org.salvusfs.daemon.control;

import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FileDifference;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.SnapshotStatus;

/** A command's end of the channel, as far as it is about snapshots. */
record SnapshotClient(ControlClient client) implements ManagedSnapshots {
  private static String path(String project) {
    return "/projects/" + ControlClient.encoded(project) + "/snapshots";
  }

  private static String path(String project, String snapshot) {
    return path(project) + "/" + ControlClient.encoded(snapshot);
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
        "/projects/%s/differences/%s%s"
            .formatted(
                ControlClient.encoded(project),
                ControlClient.encoded(earlier),
                later.map(name -> "/" + ControlClient.encoded(name)).orElse(""));
    return List.of(client.ask("GET", path, null, FileDifference[].class));
  }

  @Override
  public void delete(String project, String snapshot) throws DaemonException {
    client.ask("DELETE", path(project, snapshot), null, Object[].class);
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
    var path = "/projects/" + ControlClient.encoded(project) + "/policy";
    return client.ask("POST", path, new Messages.Policy(policy), ProjectStatus.class);
  }

  @Override
  public ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
      throws DaemonException {
    var wanted = new Messages.NewClone(snapshot.orElse(null), name);
    var path = "/projects/" + ControlClient.encoded(project) + "/clones";
    return client.ask("POST", path, wanted, ProjectStatus.class);
  }
}
