package org.salvusfs.daemon.databases;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.stack.DevStack;

/** Runs programs with their output in files. */
final class Programs {
  private static final long SECONDS_MAX = 120;

  private Programs() {}

  /** A script or program of this test. */
  static Path resource(String name) {
    return DevStack.repository().resolve("fs-daemon/src/test/resources/databases").resolve(name);
  }

  /** Starts a program; what it prints is added to the files. */
  static Process start(Path out, Path err, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()))
        .start();
  }

  /** Runs a program to its end; what it printed. */
  static String run(Path scratch, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(scratch, "run", ".out");
    Path err = Files.createTempFile(scratch, "run", ".err");
    var process = start(out, err, command);
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("does not end: " + String.join(" ", command));
    }
    String text = Files.readString(out);
    if (process.exitValue() != 0) {
      throw new AssertionError(
          String.join(" ", command)
              + " ended with "
              + process.exitValue()
              + ": "
              + text
              + Files.readString(err));
    }
    Files.delete(out);
    Files.delete(err);
    return text;
  }

  /** Waits for the end of a program whose files are gone; ends it if it does not see that. */
  static void await(Process process) throws InterruptedException {
    if (!process.waitFor(SECONDS_MAX / 4, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
