package org.salvusfs.benchmarks.large;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.Installation;
import org.salvusfs.benchmarks.machine.Machine;
import org.salvusfs.benchmarks.report.Output;
import org.salvusfs.benchmarks.report.Report;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench large}: what does not depend on the size of a project, of a large one. */
@Command(
    name = "large",
    mixinStandardHelpOptions = true,
    description =
        "Fills a project with many files and snapshots, and times snapshots, clones, diffs and the"
            + " bill. docs/benchmarks.md describes each.")
public final class LargeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = "--files",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "in the project (default: ${DEFAULT-VALUE})")
  private int files;

  @Option(
      names = "--snapshots",
      paramLabel = "N",
      defaultValue = "250",
      description = "it has when the bill is timed (default: ${DEFAULT-VALUE})")
  private int snapshots;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "snapshots it has in the end, when all is timed again (default: ${DEFAULT-VALUE})")
  private int most;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "20",
      description = "how often each is timed (default: ${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "/var/tmp/salvus-large",
      description = "where everything is made, and removed again (default: ${DEFAULT-VALUE})")
  private Path work = Path.of("/var/tmp/salvus-large");

  @Override
  public Integer call() throws Exception {
    if (files < 1
        || runs < 1
        || snapshots < LargeProject.snapshotsLeast(runs)
        || most < snapshots) {
      throw new DaemonException.Invalid(
          "--files and --runs are at least 1, --snapshots at least %d for that many runs, and --most not less"
              .formatted(LargeProject.snapshotsLeast(runs)));
    }
    if (Files.exists(work)) {
      throw new DaemonException.Obstructed(
          work + " is there already; remove it, or name another directory with --work");
    }
    var salvus = new Installation(work.toAbsolutePath());
    var project = new LargeProject(salvus, files, runs, spec.commandLine().getErr()::println);
    try {
      salvus.start();
      project.measure(snapshots, most);
    } finally {
      end(salvus);
    }
    var report = new Report(conditions(), List.of("salvusfs"), project.rows());
    output.write(spec.commandLine(), "large", report);
    return 0;
  }

  /** Not below a mount that is still there. */
  private void end(Installation salvus) throws IOException, InterruptedException {
    try {
      salvus.stop();
    } catch (IOException e) {
      spec.commandLine().getErr().println("what is in " + work + " is still up: " + e.getMessage());
      return;
    }
    FileTree.remove(work);
  }

  private List<String> conditions() throws IOException {
    return List.of(
        "%s; %d files, each figure the median of %d; daemon, Cassandra and this command on one machine."
            .formatted(Machine.description(), files, runs));
  }
}
