package org.salvusfs.daemon.management;

import java.util.List;

/**
 * What can be asked about links: directories that show one of another project, read-only. A project
 * is an id or a name. Thread-safe; methods block on the stores.
 */
public interface ManagedLinks {
  /**
   * Makes a link. Durable on return.
   *
   * @param project that gets it
   * @throws DaemonException.NameTaken if something is there already
   * @throws DaemonException.Full if the limits of the project have no room for a directory
   * @throws DaemonException.Invalid if there is no such directory, or the projects are the same
   */
  LinkStatus link(String project, LinkRequest request) throws DaemonException;

  /** The links in a project, oldest first. */
  List<LinkStatus> list(String project) throws DaemonException;

  /**
   * Removes a link; what it shows stays where it is. Whoever stands in it finds it stale. Durable
   * on return.
   *
   * @param path of the link, from the project's top
   * @return what it was
   * @throws DaemonException.Invalid if there is no link
   */
  LinkStatus unlink(String project, String path) throws DaemonException;
}
