package org.salvusfs.daemon.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ExportReport;
import org.salvusfs.daemon.management.StreamReport;
import org.salvusfs.daemon.management.StreamWish;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = {
      "Writes a project, as it is or was at a snapshot, as a tar archive;",
      "or a snapshot, or what changed since another one, as a stream for receive (--native)."
    })
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

  @Option(
      names = "--native",
      description = "write a sealed stream that receive takes, in this cluster or another")
  private boolean isNative;

  @Option(
      names = "--since",
      paramLabel = "A",
      description = "write what changed since this snapshot of the project; implies --native")
  private @Nullable String since;

  @Option(
      names = "--skip",
      paramLabel = "BYTES",
      description = "leave out as many bytes of a stream, which an earlier attempt has brought")
  private long skippedBytes;

  @Mixin private StreamKeyOption key = new StreamKeyOption();

  private final Session session;

  ExportCommand(Session session) {
    this.session = session;
  }

  /** What comes out, and what is to be said of it. */
  private interface Source<R> {
    R write(OutputStream out) throws DaemonException;

    String text(R report, String where);
  }

  @Override
  public Integer call() throws DaemonException {
    var wanted = NamedState.of(state);
    if (isNative || since != null) {
      write(stream(wanted));
      return ExitCode.OK.status();
    }
    if (key.isGiven() || skippedBytes != 0) {
      throw new DaemonException.Invalid("--key-file and --skip go with --native");
    }
    return (write(archive(wanted)).isComplete() ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  private Source<ExportReport> archive(NamedState wanted) {
    return new Source<>() {
      @Override
      public ExportReport write(OutputStream out) throws DaemonException {
        return common.client().exports().export(wanted.project(), wanted.snapshot(), out);
      }

      @Override
      public String text(ExportReport report, String where) {
        return ExportCommand.text(report, where);
      }
    };
  }

  private Source<StreamReport> stream(NamedState wanted) throws DaemonException {
    var snapshot =
        wanted
            .snapshot()
            .orElseThrow(
                () ->
                    new DaemonException.Invalid(
                        "a stream is of a snapshot: name one (%s@S), which ./salvus snapshot create makes"
                            .formatted(wanted.project())));
    if (skippedBytes < 0) {
      throw new DaemonException.Invalid("--skip takes a number of bytes that is not negative");
    }
    var wish = new StreamWish(wanted.project(), snapshot, Optional.ofNullable(since), skippedBytes);
    return new Source<>() {
      @Override
      public StreamReport write(OutputStream out) throws DaemonException {
        return common.client().streams().export(wish, key.loadOrMake(session), out);
      }

      @Override
      public String text(StreamReport report, String where) {
        return ExportCommand.text(report, where);
      }
    };
  }

  private <R> R write(Source<R> source) throws DaemonException {
    return file.equals(STANDARD_OUTPUT) ? toStandardOutput(source) : toFile(source);
  }

  private <R> R toFile(Source<R> source) throws DaemonException {
    R report;
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    try (var archive = new NewFile(Path.of(file), force);
        var bar = ProgressBar.ofBytes("exporting", line, session.nanoClock())) {
      report = source.write(new Counted(archive.out(), bar));
      archive.keep();
    }
    session.say(report, common.json(), source.text(report, file));
    return report;
  }

  private <R> R toStandardOutput(Source<R> source) throws DaemonException {
    if (common.json()) {
      throw new DaemonException.Invalid(
          "the archive goes to standard output, so there is no room for JSON: name a file");
    }
    if (session.terminal()) {
      throw new DaemonException.Invalid(
          "an archive is nothing for a terminal: redirect standard output, or name a file");
    }
    R report = source.write(new Checked(session.out()));
    session.err().println(source.text(report, "standard output"));
    return report;
  }

  private static String text(StreamReport report, String where) {
    return "snapshot \"%s\" of project %s%s is in %s, %s%s, SHA-256 %s"
        .formatted(
            report.snapshot(),
            report.project(),
            report.since() == null ? "" : ", what changed since \"%s\",".formatted(report.since()),
            where,
            ProgressBar.megabytes(report.bytes()),
            report.skippedBytes() == 0
                ? ""
                : " behind the first %d bytes".formatted(report.skippedBytes()),
            report.sha256());
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
