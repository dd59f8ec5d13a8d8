package org.salvusfs.benchmarks.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;

/** What the kernel holds of filesystems in memory. */
public final class KernelCaches {
  private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");

  /** Page cache, dentries and inodes. */
  private static final String EVERYTHING = "3";

  private KernelCaches() {}

  /**
   * Makes sure that caches can be dropped.
   *
   * @param otherwise what else the user can do
   * @throws DaemonException.Obstructed if only root could
   */
  public static void requireDroppable(String otherwise) throws DaemonException {
    if (!Files.isWritable(DROP)) {
      throw new DaemonException.Obstructed(
          "only root can drop the kernel's caches; use sudo" + otherwise);
    }
  }

  /** Writes back what is dirty of a directory's filesystem. */
  public static void sync(Path directory) throws IOException, InterruptedException {
    Shell.run(directory, "sync", "-f", ".");
  }

  /**
   * Writes back what is dirty of every filesystem: also of the one where a daemon or a server of
   * the measured one keeps what it was sent.
   */
  public static void syncAll() throws IOException, InterruptedException {
    Shell.run(Path.of("/"), "sync");
  }

  /** Forgets file contents, names and attributes. Needs root. */
  public static void drop() throws IOException {
    Files.writeString(DROP, EVERYTHING);
  }
}
