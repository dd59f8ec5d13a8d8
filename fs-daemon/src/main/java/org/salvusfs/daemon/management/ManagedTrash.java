package org.salvusfs.daemon.management;

import java.util.List;

/**
 * Projects on their way out. Projects are named by id or name; each method throws {@link
 * DaemonException.UnknownProject} if there is none. Thread-safe; methods block on the stores.
 */
public interface ManagedTrash {
  /** What is in the trash or being purged, by name. */
  List<DeletedProject> list() throws DaemonException;

  /**
   * Puts a project into the trash. On return nobody sees it any more; who had files of it open
   * finds them stale. Its name stays its own.
   *
   * @throws DaemonException.Invalid if it is there already
   */
  DeletedProject delete(String project) throws DaemonException;

  /**
   * Brings a project back, with everything that was done before it was deleted.
   *
   * @throws DaemonException.Invalid if it is not in the trash, or being purged
   */
  ProjectStatus undelete(String project) throws DaemonException;

  /**
   * Removes a project in the trash for good.
   *
   * @param force also if somebody holds snapshots of it
   * @throws DaemonException.Held if somebody holds a snapshot of it; it stays in the trash then
   * @throws DaemonException.Invalid if it is not in the trash
   */
  PurgedProject purge(String project, boolean force) throws DaemonException;
}
