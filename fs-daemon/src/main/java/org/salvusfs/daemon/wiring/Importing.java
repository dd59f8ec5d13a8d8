package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.transfer.ImportEndedException;
import org.salvusfs.daemon.transfer.Importer;
import org.salvusfs.metadata.api.Project;

/** Imports directories of this machine into projects that this daemon holds or can hold. */
final class Importing {
  /** As a source makes those wait who read from it, the more so over a network. */
  private static final int READERS_MIN = 6;

  /** Each has a buffer of 1 MiB. */
  private static final int READERS_MAX = 16;

  private final Projects projects;
  private final Surroundings surroundings;
  private final Daemon.Mounted mounted;

  Importing(Projects projects, Surroundings surroundings, Daemon.Mounted mounted) {
    this.projects = projects;
    this.surroundings = surroundings;
    this.mounted = mounted;
  }

  /** Imports, and commits what was imported, however it ended. */
  ImportReport run(Project project, Path directory, CheckProgress progress)
      throws IOException, DaemonException {
    requireImportable(directory);
    OpenProject held = projects.held(project);
    // Threads of its own: its work blocks, and what commits must not wait for it.
    int parallelism =
        Math.clamp(2L * Runtime.getRuntime().availableProcessors(), READERS_MIN, READERS_MAX);
    try (var threads =
        Executors.newFixedThreadPool(
            parallelism + 1, Thread.ofPlatform().name("import-", 0).factory())) {
      var importer =
          new Importer(
              held.fileSystem(),
              new KernelCaches(mounted, project.id()),
              threads,
              parallelism,
              surroundings.newId().toString(),
              progress);
      return importer.run(project.id().toString(), directory);
    } catch (ImportEndedException e) {
      throw new DaemonException.Failed(ended(project, e), e);
    } finally {
      held.transactions().commit();
    }
  }

  private void requireImportable(Path directory) throws IOException, DaemonException {
    if (!directory.isAbsolute() || !Files.isDirectory(directory)) {
      throw new DaemonException.Invalid(directory + " is no directory of the daemon's machine");
    }
    Path mount = mounted.mount().mountPoint();
    if (directory.toRealPath().startsWith(mount)) {
      throw new DaemonException.Invalid(
          "%s is in the mount %s; a copy within it is made with cp -a --reflink"
              .formatted(directory, mount));
    }
  }

  private static String ended(Project project, ImportEndedException e) {
    String remedy =
        switch (e.errno()) {
          case EDQUOT -> "the project's limit is reached; raise it with ./salvus project set";
          case ENOSPC -> "the store is full; make room";
          default -> "a store failed, the daemon's log has more; mend it";
        };
    return "the import into %s ended (%s): %s, and import again: what is there stays"
        .formatted(project.name(), e.getMessage(), remedy);
  }
}
