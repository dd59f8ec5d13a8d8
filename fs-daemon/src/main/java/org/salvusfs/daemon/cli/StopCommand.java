package org.salvusfs.daemon.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    description = "Stops the daemon: unmounts, commits everything, ends Cassandra.")
final class StopCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long to wait for the end (default: ${DEFAULT-VALUE})",
      defaultValue = "120")
  private long timeoutSeconds = 120;

  private final Session session;

  StopCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    long pid = common.client().stop();
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      try {
        process.get().onExit().get(timeoutSeconds, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new DaemonException.Failed(
            "the daemon (pid %d) still has not ended after %d s; its log tells why"
                .formatted(pid, timeoutSeconds),
            e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a process handle failed", e);
      }
    }
    session.say(Map.of("stopped", pid), common.json(), "stopped (pid " + pid + ")");
    return ExitCode.OK.status();
  }
}
