package org.salvusfs.daemon.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ExportReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Writes a project, as it is or was at a snapshot, as a tar archive.")
final class ExportCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  @Mixin private Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "P[@S]",
      description = "id or name of a project, and perhaps the name of its snapshot")
  private String state = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE|-",
      description = "file of this machine that gets the archive; -: standard output")
  private String file = "";

  @Option(names = "--force", description = "replace a file that is there")
  private boolean force;

  private final Session session;

  ExportCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var report = file.equals(STANDARD_OUTPUT) ? toStandardOutput() : toFile();
    return (report.isComplete() ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  private ExportReport toFile() throws DaemonException {
    ExportReport report;
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    try (var archive = new NewFile(Path.of(file), force);
        var bar = ProgressBar.ofBytes("exporting", line, session.nanoClock())) {
      report = run(new Counted(archive.out(), bar));
      archive.keep();
    }
    session.say(report, common.json(), text(report, file));
    return report;
  }

  private ExportReport toStandardOutput() throws DaemonException {
    if (common.json()) {
      throw new DaemonException.Invalid(
          "the archive goes to standard output, so there is no room for JSON: name a file");
    }
    if (session.terminal()) {
      throw new DaemonException.Invalid(
          "an archive is nothing for a terminal: redirect standard output, or name a file");
    }
    var report = run(new Checked(session.out()));
    session.err().println(text(report, "standard output"));
    return report;
  }

  private ExportReport run(OutputStream out) throws DaemonException {
    var wanted = NamedState.of(state);
    return common.client().exports().export(wanted.project(), wanted.snapshot(), out);
  }

  private static String text(ExportReport report, String where) {
    var lines = new StringBuilder();
    report.leftOut().forEach(sentence -> lines.append(sentence).append('\n'));
    long missing = report.leftOut().size() + report.unlisted();
    return lines
        .append(
            "%d entries of project %s as of %s are in %s, %s, SHA-256 %s"
                .formatted(
                    report.entries(),
                    report.project(),
                    report.moment(),
                    where,
                    ProgressBar.megabytes(report.bytes()),
                    report.sha256()))
        .append(missing == 0 ? "" : "; %d are not".formatted(missing))
        .toString();
  }

  /** Says how much went through. */
  private static final class Counted extends FilterOutputStream {
    private final ProgressBar bar;
    private long bytes;

    Counted(OutputStream out, ProgressBar bar) {
      super(out);
      this.bar = bar;
    }

    @Override
    public void write(byte[] part, int from, int count) throws IOException {
      out.write(part, from, count);
      bytes += count;
      bar.at(bytes, 0);
    }
  }

  /** A print stream keeps its failures to itself. */
  private static final class Checked extends FilterOutputStream {
    private final PrintStream print;

    Checked(PrintStream print) {
      super(print);
      this.print = print;
    }

    @Override
    public void write(byte[] part, int from, int count) throws IOException {
      print.write(part, from, count);
      if (print.checkError()) {
        throw new IOException("standard output takes no more");
      }
    }
  }
}
