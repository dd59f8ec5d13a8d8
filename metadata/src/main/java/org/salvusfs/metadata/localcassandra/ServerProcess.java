package org.salvusfs.metadata.localcassandra;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Launches, finds and ends the operating system's process of a server. */
final class ServerProcess {
  private static final String MAIN_CLASS = "org.apache.cassandra.service.CassandraDaemon";

  private ServerProcess() {}

  /**
   * The server that runs on a data directory, left behind by a daemon that was killed. It is known
   * by its working directory: neither a reused pid nor a changed wall clock can mislead that.
   */
  static Optional<ProcessHandle> find(Path dataDir) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().filter(c -> c.contains(MAIN_CLASS)).isPresent())
        .filter(p -> worksIn(p.pid(), dataDir))
        .findFirst();
  }

  private static boolean worksIn(long pid, Path dataDir) {
    try {
      return Files.isSameFile(Path.of("/proc/" + pid + "/cwd"), dataDir);
    } catch (IOException notOursOrGone) {
      return false;
    }
  }

  /**
   * Starts a server in a session of its own; as root, without the right to lock its memory, which
   * Cassandra would use to make its whole heap resident.
   *
   * @param consoleLog overwritten
   */
  static ProcessHandle launch(Path javaHome, Path jvmOptions, Path dataDir, Path consoleLog)
      throws IOException {
    var command = new ArrayList<String>();
    addIfItWorks(command, "setsid");
    if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
      addIfItWorks(command, "setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock");
    }
    command.add(javaHome.resolve("bin/java").toString());
    command.add("@" + jvmOptions);
    command.add(MAIN_CLASS);
    var builder =
        new ProcessBuilder(command)
            .directory(dataDir.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(consoleLog.toFile());
    for (var name :
        List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH")) {
      builder.environment().remove(name);
    }
    return builder.start().toHandle();
  }

  /** Both tools replace themselves by the command, so the pid stays that of the server. */
  private static void addIfItWorks(List<String> command, String... tool) {
    var trial = new ArrayList<>(List.of(tool));
    trial.add("true");
    try {
      var process =
          new ProcessBuilder(trial)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() == 0) {
        command.addAll(List.of(tool));
      }
    } catch (IOException notInstalled) {
      // The server runs without it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process ended within a time. */
  static boolean awaitEnd(ProcessHandle process, Duration limit) throws InterruptedException {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks a server to end, and kills it if it does not within {@code patience}. */
  static void stop(ProcessHandle process, Duration patience) {
    process.destroy();
    try {
      if (!awaitEnd(process, patience)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    process.onExit().join();
  }
}
