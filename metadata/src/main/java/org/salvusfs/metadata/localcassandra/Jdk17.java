package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the JDK 17 that Cassandra needs: it does not run on a newer one. */
public final class Jdk17 {
  private Jdk17() {}

  /**
   * Home of the first JDK 17: what JAVA17_HOME names, else by name among the system's.
   *
   * @param environment the process environment
   * @param jvmsDir where the system keeps its JDKs, {@code /usr/lib/jvm}
   */
  public static Optional<Path> find(Map<String, String> environment, Path jvmsDir) {
    var named = environment.get("JAVA17_HOME");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named)).filter(Jdk17::isJdk17);
    }
    if (!Files.isDirectory(jvmsDir)) {
      return Optional.empty();
    }
    try (var homes = Files.list(jvmsDir)) {
      return homes
          .filter(home -> home.getFileName().toString().contains("17"))
          .sorted()
          .filter(Jdk17::isJdk17)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a directory is the home of a Java 17, by its {@code release} file. */
  static boolean isJdk17(Path home) {
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"17");
    } catch (IOException e) {
      return false;
    }
  }
}
