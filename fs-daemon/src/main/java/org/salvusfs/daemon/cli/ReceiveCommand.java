package org.salvusfs.daemon.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ReceiveReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "receive",
    description = {
      "Takes in what export --native wrote: a whole snapshot becomes a new project,",
      "what changed since another one moves the project forward that has received that."
    })
final class ReceiveCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";

  @Mixin private Common common = new Common();
  @Mixin private StreamKeyOption key = new StreamKeyOption();

  @Parameters(
      index = "0",
      paramLabel = "FILE|-",
      description = "file of this machine that holds the stream; -: standard input")
  private String file = "";

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description = "name of the project (default: as it is called where the stream comes from)")
  private @Nullable String name;

  private final Session session;

  ReceiveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var report = file.equals(STANDARD_INPUT) ? receive(session.in(), 0) : fromFile(Path.of(file));
    session.say(report, common.json(), text(report));
    return ExitCode.OK.status();
  }

  private ReceiveReport fromFile(Path path) throws DaemonException {
    try (var in = Files.newInputStream(path)) {
      return receive(in, Files.size(path));
    } catch (NoSuchFileException e) {
      throw new DaemonException.Obstructed("there is no file " + path, e);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          "%s cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  /**
   * Sends it all.
   *
   * @param total bytes, 0 if nobody knows
   */
  private ReceiveReport receive(InputStream in, long total) throws DaemonException {
    var secret = key.load();
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    try (var bar = ProgressBar.ofBytes("receiving", line, session.nanoClock())) {
      return common
          .client()
          .streams()
          .receive(Optional.ofNullable(name), secret, new Counted(in, bar, total));
    }
  }

  private static String text(ReceiveReport report) {
    if (report.wasThere()) {
      return "project %s has received snapshot \"%s\" already"
          .formatted(report.name(), report.snapshot());
    }
    return "project %s %s snapshot \"%s\": %d changes, %s of contents"
        .formatted(
            report.name(),
            report.isNew() ? "is new and holds" : "moved forward to",
            report.snapshot(),
            report.changes(),
            ProgressBar.megabytes(report.chunkBytes()));
  }

  /** Says how much went through. */
  private static final class Counted extends FilterInputStream {
    private final ProgressBar bar;
    private final long total;
    private long bytes;

    Counted(InputStream in, ProgressBar bar, long total) {
      super(in);
      this.bar = bar;
      this.total = total;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      int some = in.read(into, from, count);
      bytes += Math.max(0, some);
      bar.at(bytes, total);
      return some;
    }
  }
}
