package org.salvusfs.benchmarks.binding;

import java.nio.file.Path;
import java.util.List;
import org.salvusfs.daemon.fuse.FuseBinding;

/**
 * A filesystem in memory that can be started.
 *
 * @param label its name in tables
 * @param command the program that serves it; the mount point is appended
 */
record Candidate(String label, List<String> command) {
  /**
   * One of the bindings in Java, in a JVM with the launcher's options for daemons.
   *
   * @param root of the repository
   */
  static Candidate of(FuseBinding binding, Path root) {
    return new Candidate(
        binding.word() + " binding",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "@" + root.resolve("fs-daemon/jvm.options"),
            "-cp",
            System.getProperty("java.class.path"),
            MemoryServer.class.getName(),
            binding.name()));
  }
}
