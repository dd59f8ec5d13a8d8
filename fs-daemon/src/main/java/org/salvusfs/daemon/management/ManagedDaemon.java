package org.salvusfs.daemon.management;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;

/** A running daemon, as its owner sees it. Thread-safe; methods block on the stores. */
public interface ManagedDaemon extends AutoCloseable {
  DaemonStatus status() throws DaemonException;

  /**
   * Creates an empty project.
   *
   * @param durability empty: the configured default
   * @param compression empty: LZ4
   * @param ownKey whether all of it is sealed under a key of its own, which a purge destroys
   * @throws DaemonException.NameTaken if another project has the name
   * @throws DaemonException.Invalid if it cannot be a name
   */
  ProjectStatus createProject(
      String name,
      Optional<Durability> durability,
      Optional<Compression> compression,
      boolean ownKey)
      throws DaemonException;

  /** The same under the cluster's key. */
  default ProjectStatus createProject(
      String name, Optional<Durability> durability, Optional<Compression> compression)
      throws DaemonException {
    return createProject(name, durability, compression, false);
  }

  /** All projects but those in the trash, by name. */
  List<ProjectStatus> projects() throws DaemonException;

  /** One project by id or name; {@link DaemonException.UnknownProject} if there is none. */
  ProjectStatus project(String idOrName) throws DaemonException;

  /**
   * Changes limits. They hold at once if this daemon has the project open.
   *
   * @throws DaemonException.Invalid if the limits would contradict each other
   */
  LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException;

  /** Changes how a project's data is kept; what is stored already stays as it is. */
  ProjectStatus setStorage(String idOrName, StorageChange change) throws DaemonException;

  /** What a project takes, as of its latest commit; opens it if it is not open. */
  Bill bill(String idOrName) throws DaemonException;

  /**
   * Events of the last days, newest first.
   *
   * @param idOrName empty: of all projects
   * @param days today included
   * @param most how many at most
   */
  List<EventStatus> events(Optional<String> idOrName, int days, int most) throws DaemonException;

  /**
   * Walks a project's tree and verifies it.
   *
   * @param repair whether to mend what can be mended without losing contents
   * @param progress called on the caller's thread
   */
  CheckReport check(String idOrName, boolean repair, CheckProgress progress) throws DaemonException;

  /**
   * Makes a project contain what a directory of this machine contains; durable on return. What is
   * there already is not copied again, so whatever ended an import, it goes on when it is repeated.
   *
   * @param directory absolute
   * @param progress in bytes, and some for each entry; called by one thread at a time
   * @throws DaemonException.Invalid if it is no directory, or one of the mount itself
   * @throws DaemonException.Failed if the project can take no more; what was imported stays
   */
  ImportReport importDirectory(String idOrName, Path directory, CheckProgress progress)
      throws DaemonException;

  /**
   * Copies a file, or a directory with all below it, from a project into another one or the same,
   * sharing its chunks. Owners, modes, times, attributes, holes, and links within the copy stay. It
   * appears whole, or not at all, and is durable on return.
   *
   * @param idOrName of the project that gets it
   * @param progress in entries; called on the caller's thread
   * @throws DaemonException.NameTaken if something is there and is not to be replaced
   * @throws DaemonException.Full if the limits of the project have no room for it
   * @throws DaemonException.Invalid if there is nothing to be copied, or no directory for it
   */
  CopyReport copy(String idOrName, CopyRequest request, CheckProgress progress)
      throws DaemonException;

  /**
   * Begins to collect garbage, chunks that nothing refers to any more, unless that is under way;
   * returns at once. The run goes on whatever becomes of whoever asked, until the daemon ends.
   *
   * @return with the run as {@code latest}
   */
  GarbageStatus collectGarbage() throws DaemonException;

  /**
   * Where the collection of garbage stands.
   *
   * @param wait whether to return only when no run is under way, or after a moment
   */
  GarbageStatus garbage(boolean wait) throws DaemonException;

  /**
   * Begins to read and verify all packs of this host, unless that is under way; returns at once. It
   * goes on through restarts of the daemon.
   */
  ScrubStatus startScrub() throws DaemonException;

  /**
   * Where the verification of packs stands.
   *
   * @param wait whether to return only when none is under way, or after a moment
   */
  ScrubStatus scrub(boolean wait) throws DaemonException;

  /** What can be asked about snapshots. */
  ManagedSnapshots snapshots();

  /** What can be asked about projects that are deleted. */
  ManagedTrash trash();

  /** What can be asked about backups. */
  ManagedBackups backups();

  /** What can be asked about exports. */
  ManagedExports exports();

  /** What can be asked about links. */
  ManagedLinks links();

  /** What can be asked about snapshots on their way between projects. */
  ManagedStreams streams();

  /** On return all changes made before the call, in every open project, are committed. */
  void commit() throws DaemonException;

  /**
   * Hands the mount over to the process that listens on the data directory's socket, and then asks
   * to be closed, which ends nothing more. Returns at once; if the hand-over fails, the daemon goes
   * on.
   *
   * @throws DaemonException.Failed if a hand-over is under way
   */
  void requestHandOver() throws DaemonException;

  /** Asks whoever runs the daemon to close it; returns at once. */
  void requestStop();

  /** Waits for {@link #requestStop}; false if it did not come within {@code timeout}. */
  boolean awaitStopRequest(Duration timeout) throws InterruptedException;

  /**
   * Unmounts, commits, gives every project back and stops what was started. Idempotent; a step that
   * fails does not keep the next ones from being taken.
   *
   * @throws DaemonException.Failed naming the first step that failed
   */
  @Override
  void close() throws DaemonException;
}
