package org.salvusfs.benchmarks.machine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.salvusfs.daemon.management.DaemonException;

/** Runs programs. */
public final class Shell {
  private static final int MESSAGE_CHARS_MAX = 300;

  /**
   * Nothing of the user's configuration, or of the time of day, changes what git does; and it
   * leaves nothing running behind it: it tidies up only when it is told.
   */
  private static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("LC_ALL", "C"),
          Map.entry("GIT_CONFIG_NOSYSTEM", "1"),
          Map.entry("GIT_CONFIG_GLOBAL", "/dev/null"),
          Map.entry("GIT_CONFIG_COUNT", "3"),
          Map.entry("GIT_CONFIG_KEY_0", "safe.directory"),
          Map.entry("GIT_CONFIG_VALUE_0", "*"),
          Map.entry("GIT_CONFIG_KEY_1", "gc.auto"),
          Map.entry("GIT_CONFIG_VALUE_1", "0"),
          Map.entry("GIT_CONFIG_KEY_2", "maintenance.auto"),
          Map.entry("GIT_CONFIG_VALUE_2", "false"),
          Map.entry("GIT_AUTHOR_NAME", "bench"),
          Map.entry("GIT_AUTHOR_EMAIL", "bench@localhost"),
          Map.entry("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
          Map.entry("GIT_COMMITTER_NAME", "bench"),
          Map.entry("GIT_COMMITTER_EMAIL", "bench@localhost"),
          Map.entry("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"));

  private Shell() {}

  /** Writes what a program reads. */
  @FunctionalInterface
  public interface Feed {
    void write(OutputStream in) throws IOException, DaemonException;
  }

  /**
   * Runs a program to its end; what it prints is dropped.
   *
   * @throws IOException if it cannot be started or fails; with the end of its complaint
   */
  public static void run(Path directory, String... words) throws IOException, InterruptedException {
    finish(start(directory, words), words);
  }

  /** Likewise a program that reads its standard input. */
  public static void feed(Path directory, Feed feed, String... words)
      throws IOException, InterruptedException, DaemonException {
    Process process = start(directory, words);
    try (OutputStream in = process.getOutputStream()) {
      feed.write(in);
    } catch (IOException | DaemonException e) {
      try {
        finish(process, words);
      } catch (IOException complaint) {
        e.addSuppressed(complaint);
      }
      throw e;
    }
    finish(process, words);
  }

  private static Process start(Path directory, String... words) throws IOException {
    var builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(ENVIRONMENT);
    return builder.start();
  }

  private static void finish(Process process, String... words)
      throws IOException, InterruptedException {
    process.getOutputStream().close();
    String complaint =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int exit = process.waitFor();
    if (exit != 0) {
      String end = complaint.substring(Math.max(0, complaint.length() - MESSAGE_CHARS_MAX));
      throw new IOException(
          String.join(" ", words) + " ended with " + exit + ": " + end.replace('\n', ' '));
    }
  }

  /** Runs a line of shell; a failure of any part of a pipe is one of the whole. */
  public static void line(Path directory, String line) throws IOException, InterruptedException {
    run(directory, "bash", "-c", "set -eo pipefail; " + line);
  }
}
