package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ScrubReport;
import org.salvusfs.daemon.management.ScrubStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "scrub", description = "Reads all packs of this host and looks for damage.")
final class ScrubCommand extends Group {
  static CommandLine commandLine(Session session) {
    return new CommandLine(new ScrubCommand())
        .addSubcommand(new Start(session))
        .addSubcommand(new Status(session));
  }

  /** Prints where it stands; what was found makes the exit code. */
  private static Integer say(Session session, Common common, ScrubStatus status) {
    session.say(status, common.json(), ScrubText.of(status));
    ScrubReport running = status.running();
    ScrubReport last = status.last();
    boolean isClean = (running == null || running.isClean()) && (last == null || last.isClean());
    boolean isFailed = running == null && last != null && last.failure() != null;
    return (isFailed ? ExitCode.FAILED : isClean ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  /** Begins a run, or finds the one that is under way. */
  @Command(name = "start", description = "Begins now, unless one is under way.")
  static final class Start implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(names = "--wait", description = "wait for its end and show the report")
    private boolean waits;

    private final Session session;

    Start(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var line = new LiveLine(session.err(), session.terminal() && !common.json());
      ControlClient client = common.client();
      ScrubStatus status = client.startScrub();
      if (!waits) {
        session.say(status, common.json(), ScrubText.of(status));
        return ExitCode.OK.status();
      }
      try {
        @Nullable ScrubReport running = status.running();
        while (running != null) {
          line.show(ScrubText.progress(running));
          status = client.scrub(true);
          running = status.running();
        }
      } finally {
        line.clear();
      }
      return say(session, common, status);
    }
  }

  /** Shows the run that is under way, and the last one. */
  @Command(
      name = "status",
      description = "Shows the present and the last one, and what they found.")
  static final class Status implements Callable<Integer> {
    @Mixin private Common common = new Common();
    private final Session session;

    Status(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      return say(session, common, common.client().scrub(false));
    }
  }
}
