package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Optional;

/**
 * The snapshots of a daemon's projects. Projects are named by id or name, snapshots by name; each
 * method throws {@link DaemonException.UnknownProject} or {@link DaemonException.UnknownSnapshot}
 * if there is none. Thread-safe; methods block on the stores.
 */
public interface ManagedSnapshots {
  /**
   * Keeps a project as it is: everything done before the call.
   *
   * @param name empty: the time, in UTC
   * @throws DaemonException.NameTaken if another snapshot of the project has the name
   * @throws DaemonException.Full if the project's snapshots hold more than they may
   * @throws DaemonException.Invalid if it cannot be a name
   */
  SnapshotStatus create(String project, Optional<String> name, String comment)
      throws DaemonException;

  /** A project's snapshots, oldest first. */
  List<SnapshotStatus> list(String project) throws DaemonException;

  SnapshotStatus show(String project, String snapshot) throws DaemonException;

  /**
   * What changed between two states of a project, by path.
   *
   * @param earlier a snapshot's name
   * @param later likewise; empty: as it is now
   */
  List<FileDifference> diff(String project, String earlier, Optional<String> later)
      throws DaemonException;

  /**
   * Deletes a snapshot; on return nobody finds it any more.
   *
   * @throws DaemonException.Held if somebody holds it
   */
  void delete(String project, String snapshot) throws DaemonException;

  /** Keeps a snapshot from being deleted until the same tag is released. */
  SnapshotStatus hold(String project, String snapshot, String tag) throws DaemonException;

  /**
   * Takes a hold back.
   *
   * @throws DaemonException.Invalid if there is no hold with that tag
   */
  SnapshotStatus release(String project, String snapshot, String tag) throws DaemonException;

  /**
   * Makes a project what it was at a snapshot, while it is in use: files that did not exist then
   * are gone, also for those who have them open.
   *
   * @return the snapshot of what it was until now
   */
  SnapshotStatus rollback(String project, String snapshot) throws DaemonException;

  /**
   * Brings one file, or a directory with all below it, back in place of what has its name now,
   * while the project is in use.
   *
   * @param path from the project's top, as it was in the snapshot
   * @param to where it shall be, in a directory that exists; empty: where it was
   * @return the snapshot of what the project was until now
   * @throws DaemonException.Invalid if the snapshot has no such file, the project no such
   *     directory, or no room; nothing is changed then
   */
  SnapshotStatus restore(String project, String snapshot, String path, Optional<String> to)
      throws DaemonException;

  /**
   * Says which snapshots are made of a project by themselves.
   *
   * @param policy such as {@code 15m:4,1h:24}, {@code none}, or {@code default}
   * @throws DaemonException.Invalid if it is none of these
   */
  ProjectStatus setPolicy(String project, String policy) throws DaemonException;

  /**
   * Makes a project that begins as another one is or was, and is independent afterwards.
   *
   * @param snapshot empty: as it is now
   * @param name of the new one
   * @throws DaemonException.NameTaken if another project has the name
   * @throws DaemonException.Invalid if it cannot be a name
   */
  ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
      throws DaemonException;
}
