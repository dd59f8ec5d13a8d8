package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.salvusfs.benchmarks.machine.FileTree;

/**
 * Where workloads work.
 *
 * @param directory on the measured filesystem, theirs alone
 * @param inputs what they read, outside of it
 */
record Place(Path directory, Inputs inputs) {

  Path resolve(String name) {
    return directory.resolve(name);
  }

  Scale scale() {
    return inputs.scale();
  }

  boolean has(String name) {
    return Files.exists(resolve(name));
  }

  /** Removes a file or a tree if it is there. */
  void clear(String name) throws IOException {
    if (has(name)) {
      FileTree.remove(resolve(name));
    }
  }
}
