package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;

/**
 * Brings files and directories back from snapshots, while the project is in use, and has the kernel
 * forget what it knows of what was there.
 */
final class Restoring {
  private static final String HIDDEN = ".salvus-restore-";

  private final Projects projects;
  private final Surroundings surroundings;
  private final Daemon.Mounted mounted;

  Restoring(Projects projects, Surroundings surroundings, Daemon.Mounted mounted) {
    this.projects = projects;
    this.surroundings = surroundings;
    this.mounted = mounted;
  }

  /**
   * Restores.
   *
   * @param path in the snapshot, from the project's top
   * @param to where it shall be, likewise
   * @param beforeName of the snapshot that keeps what is there now
   * @return that snapshot
   */
  Snapshot to(
      Project project, Snapshot from, String path, String to, String beforeName, Instant now)
      throws IOException, DaemonException {
    List<byte[]> source = someNames(path);
    List<byte[]> target = someNames(to);
    OpenProject held = projects.held(project);
    String hidden = HIDDEN + surroundings.newId();
    try {
      return held.fileSystem()
          .restore(
              from,
              source,
              target,
              hidden.getBytes(UTF_8),
              () ->
                  held.transactions()
                      .snapshots()
                      .create(
                          beforeName,
                          Snapshot.Kind.BEFORE_RESTORE,
                          "before the restore of %s from %s".formatted(path, from.name()),
                          now)
                      .orElseThrow(
                          () -> new IOException("there is a snapshot " + beforeName + " already")),
              new KernelCaches(mounted, project.id()));
    } catch (FsException e) {
      throw refused(project, to, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed("the restore was interrupted", e);
    }
  }

  private static List<byte[]> someNames(String path) throws DaemonException.Invalid {
    List<byte[]> names = names(path);
    if (names.isEmpty()) {
      throw new DaemonException.Invalid(
          "which file or directory? ./salvus snapshot rollback brings a whole project back");
    }
    return names;
  }

  /** The names that a path from a project's top consists of; none if it is the top. */
  static List<byte[]> names(String path) throws DaemonException.Invalid {
    var names = new ArrayList<byte[]>();
    for (String name : path.split("/", -1)) {
      if (name.equals("..") || name.indexOf('\0') >= 0) {
        throw new DaemonException.Invalid(
            "\"%s\" is no path from the project's top".formatted(path));
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name.getBytes(UTF_8));
      }
    }
    return names;
  }

  /**
   * The names of a place for something of a project: where {@code to} says, or in there if that is
   * empty or ends with a slash.
   *
   * @param path of the thing; no name: the project's top
   */
  static List<byte[]> target(String to, List<byte[]> path, Project source)
      throws DaemonException.Invalid {
    List<byte[]> names = new ArrayList<>(names(to));
    if (names.isEmpty() || to.endsWith("/")) {
      names.add(path.isEmpty() ? source.name().getBytes(UTF_8) : path.getLast());
    }
    return names;
  }

  private static DaemonException refused(Project project, String to, FsException e) {
    if (e.errno() == Errno.ENOENT) {
      String what = String.valueOf(e.getMessage()).replaceFirst("^ENOENT: ", "");
      return new DaemonException.Invalid("nothing was restored: " + what);
    }
    if (e.errno() == Errno.EDQUOT) {
      return new DaemonException.Invalid(
          "nothing was restored: project %s has no room for it beside what is there"
              .formatted(project.name()));
    }
    return new DaemonException.Failed(
        "restoring to %s failed: %s".formatted(to, e.getMessage()), e);
  }
}
