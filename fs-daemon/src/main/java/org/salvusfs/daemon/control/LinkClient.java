package org.salvusfs.daemon.control;

import java.util.List;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LinkRequest;
import org.salvusfs.daemon.management.LinkStatus;
import org.salvusfs.daemon.management.ManagedLinks;

/** What a command can ask, as far as it is about links. */
record LinkClient(ControlClient client) implements ManagedLinks {
  @Override
  public LinkStatus link(String project, LinkRequest request) throws DaemonException {
    var wanted =
        new Messages.NewLink(
            request.from(),
            request.directory(),
            request.to(),
            request.uid().orElse(null),
            request.gid().orElse(null));
    return client.ask("POST", ControlClient.path(project) + "/links", wanted, LinkStatus.class);
  }

  @Override
  public List<LinkStatus> list(String project) throws DaemonException {
    return List.of(
        client.ask("GET", ControlClient.path(project) + "/links", null, LinkStatus[].class));
  }

  @Override
  public LinkStatus unlink(String project, String path) throws DaemonException {
    var wanted = new Messages.OldLink(path);
    return client.ask("POST", ControlClient.path(project) + "/unlink", wanted, LinkStatus.class);
  }
}
