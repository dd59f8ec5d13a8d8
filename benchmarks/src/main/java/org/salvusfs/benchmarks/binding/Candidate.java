package org.salvusfs.benchmarks.binding;

import java.nio.file.Path;
import java.util.List;

/**
 * A filesystem in memory that can be started.
 *
 * @param label its name in tables
 * @param command the program that serves it; the mount point is appended
 */
record Candidate(String label, List<String> command) {
  /** The kernel binding, in a JVM with the launcher's options for daemons. */
  static Candidate kernelBinding() {
    return new Candidate(
        "kernel binding",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            MemoryServer.class.getName()));
  }
}
