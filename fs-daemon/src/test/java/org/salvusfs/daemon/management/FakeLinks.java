package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps links in memory, one of each path in all projects. */
final class FakeLinks implements ManagedLinks {
  private final FakeDaemon daemon;
  private final Map<String, LinkStatus> byPath = new TreeMap<>();

  FakeLinks(FakeDaemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public LinkStatus link(String project, LinkRequest request) throws DaemonException {
    var target = daemon.project(project);
    var source = daemon.project(request.from());
    if (byPath.containsKey(request.to()) || request.to().equals("taken")) {
      throw new DaemonException.NameTaken("there is \"%s\" already".formatted(request.to()));
    }
    var link =
        new LinkStatus(
            target.id(),
            request.to(),
            source.id(),
            request.directory().equals("gone") ? null : source.name(),
            request.directory(),
            request.uid().orElse(7L),
            request.gid().orElse(8L));
    byPath.put(request.to(), link);
    return link;
  }

  @Override
  public List<LinkStatus> list(String project) throws DaemonException {
    daemon.project(project);
    return List.copyOf(byPath.values());
  }

  @Override
  public LinkStatus unlink(String project, String path) throws DaemonException {
    daemon.project(project);
    var removed = byPath.remove(path);
    if (removed == null) {
      throw new DaemonException.Invalid("there is no link \"%s\"".formatted(path));
    }
    return removed;
  }
}
