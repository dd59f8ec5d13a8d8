package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.GarbageRun;
import org.salvusfs.daemon.management.GarbageStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "gc", description = "Frees the space of what nothing refers to any more.")
final class GcCommand extends Group {
  static CommandLine commandLine(Session session) {
    return new CommandLine(new GcCommand())
        .addSubcommand(new Run(session))
        .addSubcommand(new Status(session));
  }

  /** Begins a run, or joins the one that is under way, and waits for its end. */
  @Command(name = "run", description = "Frees it now and shows how much it was.")
  static final class Run implements Callable<Integer> {
    @Mixin private Common common = new Common();
    private final Session session;

    Run(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var bar = new LiveLine(session.err(), session.terminal() && !common.json());
      ControlClient client = common.client();
      @Nullable GarbageRun run = client.collectGarbage().latest();
      long number = run == null ? 0 : run.number();
      try {
        while (run != null && run.number() == number && !run.isOver()) {
          bar.show(GarbageText.progress(run));
          run = client.garbage(true).latest();
        }
      } finally {
        bar.clear();
      }
      if (run == null || run.number() != number) {
        throw new DaemonException.Failed(
            "another daemon has taken over and the run has ended; run it again");
      }
      session.say(run, common.json(), GarbageText.outcome(run));
      return (run.phase() == GarbageRun.Phase.DONE ? ExitCode.OK : ExitCode.FAILED).status();
    }
  }

  /** Shows the run that is under way, or the last one. */
  @Command(name = "status", description = "Shows the present or the last run, and the packs.")
  static final class Status implements Callable<Integer> {
    @Mixin private Common common = new Common();
    private final Session session;

    Status(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      GarbageStatus status = common.client().garbage(false);
      session.say(status, common.json(), text(status));
      return ExitCode.OK.status();
    }

    private static String text(GarbageStatus status) {
      @Nullable GarbageRun run = status.latest();
      String runs =
          status.periodSeconds() == 0
              ? "it runs only when it is asked to"
              : "it runs every " + status.periodSeconds() + " s";
      return "packs take %s; %s\n%s"
          .formatted(
              GarbageText.size(status.packsBytes()),
              runs,
              run == null
                  ? "there was no run yet"
                  : run.isOver() ? GarbageText.outcome(run) : GarbageText.progress(run));
    }
  }
}
