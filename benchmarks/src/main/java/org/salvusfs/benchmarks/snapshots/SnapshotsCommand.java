package org.salvusfs.benchmarks.snapshots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Machine;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Output;
import org.salvusfs.benchmarks.report.Report;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench snapshots}: versions of trees, beside bup, restic and borg. */
@Command(
    name = "snapshots",
    mixinStandardHelpOptions = true,
    description =
        "Keeps versions of two trees with SalvusFS (imported, and worked on in the mount), bup,"
            + " restic and borg, in alternation: the time until each is durable, the size of the"
            + " store, and the time until the version is back. docs/benchmarks.md describes the"
            + " trees.")
public final class SnapshotsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "how often, each with empty stores (default: ${DEFAULT-VALUE})")
  private int runs = 3;

  @Option(
      names = "--scale",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "shrinks the trees, to try it out (default: ${DEFAULT-VALUE})")
  private double scale = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of what is generated (default: from the clock)")
  private @Nullable Long seed;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "/var/tmp/salvus-snapshots",
      description = "where everything is made, and removed again (default: ${DEFAULT-VALUE})")
  private Path work = Path.of("/var/tmp/salvus-snapshots");

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || scale <= 0 || scale > 1) {
      throw new DaemonException.Invalid("--runs is at least 1, --scale above 0 and at most 1");
    }
    if (Files.exists(work)) {
      throw new DaemonException.Obstructed(
          work + " is there already; remove it, or name another directory with --work");
    }
    var programs =
        new ArrayList<>(
            List.of(
                Program.GIT,
                Program.RSYNC,
                Program.TAR,
                Program.DIFF,
                Program.MKFS,
                Program.MOUNT));
    for (var kind : Archiver.Kind.values()) {
      programs.add(kind.program());
    }
    String path = System.getenv("PATH");
    Program.require(programs, path == null ? "" : path);
    KernelCaches.requireDroppable("");

    long first = seed == null ? Instant.now().getEpochSecond() : seed;
    List<String> labels = keepers(work).stream().map(Keeper::label).toList();
    var rounds = new Rounds(labels, spec.commandLine().getErr()::println);
    for (int run = 0; run < runs; run++) {
      run(rounds, first + run);
    }
    var report = new Report(conditions(first), labels, rounds.rows());
    output.write(spec.commandLine(), "snapshots", report);
    if (!report.failures().isEmpty()) {
      throw new DaemonException.Failed(report.failures().size() + " measurements failed");
    }
    return 0;
  }

  private List<String> conditions(long first) throws IOException {
    return List.of(
        "%s; %d runs, scale %s, seed %d.".formatted(Machine.description(), runs, scale, first));
  }

  private void run(Rounds rounds, long runSeed)
      throws IOException, InterruptedException, DaemonException {
    Path trees = Files.createDirectories(work.toAbsolutePath().resolve("trees"));
    List<Keeper> keepers = keepers(work.toAbsolutePath());
    try {
      for (Keeper keeper : keepers) {
        keeper.open();
      }
      var versions = new Versions(trees, scale, runSeed);
      rounds.run(versions, keepers, work.toAbsolutePath().resolve("scratch"));
    } finally {
      // Not below a mount that is still there.
      if (close(keepers)) {
        FileTree.remove(work);
      }
    }
  }

  private boolean close(List<Keeper> keepers) throws InterruptedException {
    boolean closed = true;
    for (Keeper keeper : keepers) {
      try {
        keeper.close();
      } catch (IOException e) {
        spec.commandLine()
            .getErr()
            .println(keeper.label() + " in " + work + " is still up: " + e.getMessage());
        closed = false;
      }
    }
    return closed;
  }

  private static List<Keeper> keepers(Path home) {
    var keepers = new ArrayList<Keeper>();
    for (var way : SalvusKeeper.Way.values()) {
      var keeper = new SalvusKeeper(way, home.resolve("salvusfs-" + way));
      keepers.add(keeper);
    }
    for (var kind : Archiver.Kind.values()) {
      keepers.add(new Archiver(kind, home.resolve(kind.name())));
    }
    return keepers;
  }
}
