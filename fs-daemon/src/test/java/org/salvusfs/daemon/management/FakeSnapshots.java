package org.salvusfs.daemon.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps snapshots as names in memory. */
final class FakeSnapshots implements ManagedSnapshots {
  private final FakeDaemon daemon;
  private final Map<String, SnapshotStatus> byName = new TreeMap<>();

  FakeSnapshots(FakeDaemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public SnapshotStatus create(String project, Optional<String> name, String comment)
      throws DaemonException {
    var id = daemon.project(project).id();
    var named = name.orElse("2026-11-21T14-05-00Z");
    if (byName.containsKey(named)) {
      throw new DaemonException.NameTaken("there is a snapshot named \"" + named + "\" already");
    }
    if (named.contains("/")) {
      throw new DaemonException.Invalid("a snapshot's name has no slash");
    }
    var made =
        new SnapshotStatus(
            id,
            named,
            "2026-11-21T14:05:00.123Z",
            "manual",
            comment,
            5,
            "ab12",
            1000,
            7,
            List.of());
    byName.put(named, made);
    return made;
  }

  @Override
  public List<SnapshotStatus> list(String project) throws DaemonException {
    daemon.project(project);
    return List.copyOf(byName.values());
  }

  @Override
  public SnapshotStatus show(String project, String snapshot) throws DaemonException {
    daemon.project(project);
    var found = byName.get(snapshot);
    if (found == null) {
      throw new DaemonException.UnknownSnapshot("there is no snapshot " + snapshot);
    }
    return found;
  }

  @Override
  public List<FileDifference> diff(String project, String earlier, Optional<String> later)
      throws DaemonException {
    show(project, earlier);
    var before = new FileDifference("renamed", 9, "old", later.orElse("now"), 4, 5, 1);
    return List.of(before, new FileDifference("removed", 10, "gone", null, 7, 0, 0));
  }

  @Override
  public void delete(String project, String snapshot) throws DaemonException {
    if (!show(project, snapshot).holds().isEmpty()) {
      throw new DaemonException.Held("snapshot " + snapshot + " is held");
    }
    byName.remove(snapshot);
  }

  @Override
  public SnapshotStatus hold(String project, String snapshot, String tag) throws DaemonException {
    var holds = new ArrayList<>(show(project, snapshot).holds());
    holds.add(tag);
    return put(project, snapshot, holds);
  }

  @Override
  public SnapshotStatus release(String project, String snapshot, String tag)
      throws DaemonException {
    var holds = new ArrayList<>(show(project, snapshot).holds());
    if (!holds.remove(tag)) {
      throw new DaemonException.Invalid("there is no hold " + tag);
    }
    return put(project, snapshot, holds);
  }

  private SnapshotStatus put(String project, String snapshot, List<String> holds)
      throws DaemonException {
    var before = show(project, snapshot);
    var after =
        new SnapshotStatus(
            before.project(),
            before.name(),
            before.created(),
            before.kind(),
            before.comment(),
            before.txg(),
            before.root(),
            before.bytes(),
            before.inodes(),
            holds);
    byName.put(snapshot, after);
    return after;
  }

  @Override
  public SnapshotStatus rollback(String project, String snapshot) throws DaemonException {
    show(project, snapshot);
    return create(project, Optional.of("before-" + snapshot), "");
  }

  @Override
  public SnapshotStatus restore(String project, String snapshot, String path, Optional<String> to)
      throws DaemonException {
    show(project, snapshot);
    if (path.equals("none")) {
      throw new DaemonException.Invalid("there is no \"none\" in the snapshot");
    }
    return create(project, Optional.of("before-" + to.orElse(path).replace("/", "-")), "");
  }

  @Override
  public ProjectStatus setPolicy(String project, String policy) throws DaemonException {
    if (policy.equals("often")) {
      throw new DaemonException.Invalid("\"often\" is no snapshot policy");
    }
    return daemon.put(project, policy);
  }

  @Override
  public ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
      throws DaemonException {
    if (snapshot.isPresent()) {
      show(project, snapshot.get());
    }
    daemon.project(project);
    return daemon.createProject(name, Optional.empty(), Optional.empty());
  }
}
