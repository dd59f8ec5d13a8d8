package org.salvusfs.daemon.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.backup.Depot;
import org.salvusfs.daemon.backup.KeyFromTarget;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.daemon.management.TargetName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "restore",
    description = "Brings all projects of a backup back, into an installation that has none.")
final class RestoreCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "TARGET",
      converter = TargetConverter.class,
      description = "directory on the daemon's machine that holds backups, or bucket: see backup")
  private TargetName target = TargetName.parse("/");

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "the cluster.key of the backup, if it is not on the target")
  private @Nullable Path key;

  private final Session session;

  RestoreCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    Layout layout = common.layout();
    if (!Files.exists(layout.format())) {
      return placeKey(layout);
    }
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    RestoreReport report;
    try (var bar = ProgressBar.ofSteps("restoring", line)) {
      report = ControlClient.of(layout).backups().restore(target, bar);
    }
    session.say(report, common.json(), text(report));
    return ExitCode.OK.status();
  }

  /** The first step, where no daemon has run yet: it is to begin with the key of the backup. */
  private int placeKey(Layout layout) throws DaemonException {
    try (var depot = Depot.of(target, layout.targets(), "nobody")) {
      KeyFromTarget.place(depot, Optional.ofNullable(key), layout);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
    session.say(
        new KeyPlaced(layout.clusterKey().toString()),
        common.json(),
        "the key of the backup is in %s now; start the daemon (./salvus dev%s), and run this again"
            .formatted(layout.directory(), common.dataWords()));
    return ExitCode.NEGATIVE.status();
  }

  /** Where the key is, and that there is more to do. */
  private record KeyPlaced(String key) {}

  private static String text(RestoreReport report) {
    return "%d projects with %d snapshots are as in the backup of %s (%s), %s copied"
        .formatted(
            report.projects(),
            report.snapshots(),
            report.made(),
            report.manifest(),
            ProgressBar.megabytes(report.bytesCopied()));
  }
}
