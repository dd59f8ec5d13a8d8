package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = "Verifies every node, chunk, link count and counter of a project.")
final class CheckCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(paramLabel = "ID", description = "id or name of the project")
  private String id = "";

  @Option(names = "--repair", description = "mend what can be mended without losing contents")
  private boolean repair;

  private final Session session;

  CheckCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    CheckReport report;
    try (var bar = ProgressBar.ofSteps("checking", line)) {
      report = common.client().check(id, repair, bar);
    }
    session.say(report, common.json(), text(report));
    return (report.isSound() ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  private static String text(CheckReport report) {
    var lines = new StringBuilder();
    report.findings().forEach(finding -> lines.append(finding).append('\n'));
    return lines
        .append(
            "project %s at txg %d: %d inodes, %d nodes, %d chunks checked; "
                .formatted(
                    report.project(),
                    report.txg(),
                    report.inodes(),
                    report.nodes(),
                    report.chunks()))
        .append(
            report.findings().isEmpty()
                ? "sound"
                : "%d problems, %d repaired"
                    .formatted(report.findings().size() + report.unlisted(), report.repaired()))
        .toString();
  }
}
