package org.salvusfs.benchmarks.binding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.daemon.management.DaemonException;

/** The filesystem in C, compiled from {@code benchmarks/baseline/memfs.c}. */
final class Baseline {
  private Baseline() {}

  /**
   * Compiles it.
   *
   * @param root the source tree
   * @param directory where the program is put
   * @throws DaemonException.Obstructed if libfuse3's headers are missing
   */
  static Candidate compile(Path root, Path directory)
      throws DaemonException, IOException, InterruptedException {
    try {
      Shell.run(directory, "pkg-config", "--exists", "fuse3");
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          "libfuse3's headers are missing; install with: apt-get install libfuse3-dev", e);
    }
    Path source = root.resolve("benchmarks/baseline/memfs.c");
    Path program = directory.resolve("memfs");
    Shell.line(
        directory,
        "gcc -std=gnu17 -O2 -o '%s' '%s' $(pkg-config --cflags --libs fuse3)"
            .formatted(program, source));
    return new Candidate("C libfuse3", List.of(program.toString()));
  }
}
