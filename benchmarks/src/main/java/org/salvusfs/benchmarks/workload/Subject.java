package org.salvusfs.benchmarks.workload;

import java.nio.file.Files;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;

/**
 * A measured filesystem.
 *
 * @param label its name in tables
 * @param directory somewhere on it
 */
record Subject(String label, Path directory) {
  /**
   * Reads {@code [LABEL=]DIR}; without a label the directory is its own.
   *
   * @throws DaemonException.Invalid if it is no directory that can be written
   */
  static Subject parse(String word) throws DaemonException {
    int equals = word.indexOf('=');
    String label = equals > 0 ? word.substring(0, equals) : word;
    Path directory = Path.of(word.substring(equals + 1)).toAbsolutePath();
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new DaemonException.Invalid(directory + " is not a directory that can be written");
    }
    return new Subject(label, directory);
  }
}
