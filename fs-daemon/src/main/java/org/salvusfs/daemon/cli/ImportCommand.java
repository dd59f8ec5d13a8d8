package org.salvusfs.daemon.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ImportReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description =
        "Makes a project contain what a directory contains; repeated, copies only what differs.")
final class ImportCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(index = "0", paramLabel = "P", description = "id or name of the project")
  private String project = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "directory on the daemon's machine")
  private Path directory = Path.of("");

  private final Session session;

  ImportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    ImportReport report;
    try (var bar = ProgressBar.ofBytes("importing", line, session.nanoClock())) {
      report =
          common.client().importDirectory(project, directory.toAbsolutePath().normalize(), bar);
    }
    session.say(report, common.json(), text(report));
    return (report.isComplete() ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  private static String text(ImportReport report) {
    var lines = new StringBuilder();
    report.failures().forEach(failure -> lines.append(failure).append('\n'));
    return lines
        .append(
            "%d entries imported into project %s, %s copied; %d were there already"
                .formatted(
                    report.entries(),
                    report.project(),
                    ProgressBar.megabytes(report.bytesCopied()),
                    report.unchanged()))
        .append(
            report.isComplete()
                ? ""
                : "; %d are not as they should be"
                    .formatted(report.failures().size() + report.unlisted()))
        .toString();
  }
}
