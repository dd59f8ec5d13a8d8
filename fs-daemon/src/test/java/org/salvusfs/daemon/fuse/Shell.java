package org.salvusfs.daemon.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands in a directory, so that other programs than Java use a mount too. */
public final class Shell {
  private static final int DEADLINE_SECONDS = 120;

  private Shell() {}

  /**
   * What a command left behind.
   *
   * @param output of both streams
   */
  public record Result(int exitCode, String output) {}

  /** Runs a command of sh and gives what it printed. */
  public static String run(Path directory, String command)
      throws IOException, InterruptedException {
    Result result = attempt(directory, command);
    if (result.exitCode() != 0) {
      throw new AssertionError(command + " ended with " + result);
    }
    return result.output();
  }

  /** Runs a command of sh that may fail. */
  public static Result attempt(Path directory, String command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of("sh", "-ec", command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end; it printed " + output);
    }
    return new Result(process.exitValue(), output);
  }
}
