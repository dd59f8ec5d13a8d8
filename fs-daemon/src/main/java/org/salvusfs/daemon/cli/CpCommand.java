package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.CopyRequest;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description =
        "Copies a file or directory between projects as cp -a does, sharing what it contains.")
final class CpCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "P[@S]:PATH",
      description = "a path from the top of a project, as it is or was at a snapshot")
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "P:PATH",
      description = "where the copy shall be; empty or with a slash at its end: in there")
  private String target = "";

  @Option(names = "--force", description = "replace what is there")
  private boolean force;

  private final Session session;

  CpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var from = NamedPath.of(source);
    var to = NamedPath.of(target);
    var request =
        new CopyRequest(
            from.state().project(), from.state().snapshot(), from.path(), to.path(), force);
    if (to.state().snapshot().isPresent()) {
      throw new DaemonException.Invalid(
          "\"%s\": nothing is written to a snapshot".formatted(target));
    }
    CopyReport report;
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    try (var bar = ProgressBar.ofSteps("copying", line)) {
      report = common.client().copy(to.state().project(), request, bar);
    }
    session.say(
        report,
        common.json(),
        "%d entries copied to project %s, %s shared"
            .formatted(
                report.entries(), to.state().project(), ProgressBar.megabytes(report.bytes())));
    return ExitCode.OK.status();
  }
}
