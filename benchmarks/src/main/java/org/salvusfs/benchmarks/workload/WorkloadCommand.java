package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Machine;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Output;
import org.salvusfs.benchmarks.report.Report;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench workload}: the set of workloads on any directories. */
@Command(
    name = "workload",
    mixinStandardHelpOptions = true,
    description =
        "Runs a set of workloads on each directory in alternation and prints medians, and how many"
            + " times as long as the first directory the others took. docs/benchmarks.md describes"
            + " the workloads.")
public final class WorkloadCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Parameters(
      arity = "1..*",
      paramLabel = "[LABEL=]DIR",
      description = "directories on the filesystems to measure")
  private List<String> words = List.of();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "how often (default: ${DEFAULT-VALUE})")
  private int runs = 3;

  @Option(
      names = "--rehearsals",
      paramLabel = "N",
      defaultValue = "1",
      description = "runs before them that do not count (default: ${DEFAULT-VALUE})")
  private int rehearsals = 1;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "only these workloads; NAME* stands for all that begin so")
  private List<String> only = List.of();

  @Option(
      names = "--scale",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "shrinks all sizes, to try it out (default: ${DEFAULT-VALUE})")
  private double scale = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "of the inputs (default: from the clock, so that a filesystem that finds duplicates has"
              + " not seen them)")
  private @Nullable Long seed;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "6",
      description =
          "how long cold workloads wait for what was written before to reach its store (default:"
              + " ${DEFAULT-VALUE})")
  private int settleSeconds = 6;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "/var/tmp/salvus-bench",
      description = "where inputs are made and kept (default: ${DEFAULT-VALUE})")
  private Path work = Path.of("/var/tmp/salvus-bench");

  @Option(names = "--list", description = "lists the workloads and runs nothing", help = true)
  private boolean list;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || rehearsals < 0 || scale <= 0 || scale > 1 || settleSeconds < 0) {
      throw new DaemonException.Invalid(
          "--runs is at least 1, --scale above 0 and at most 1,"
              + " --rehearsals and --settle not negative");
    }
    var sizes = new Scale(scale);
    List<Workload> workloads = Workloads.select(Workloads.all(sizes), only);
    if (list) {
      workloads.forEach(workload -> spec.commandLine().getOut().println(workload.name()));
      return 0;
    }
    var subjects = new ArrayList<Subject>();
    for (String word : words) {
      subjects.add(Subject.parse(word));
    }
    requireWhatIsNeeded(workloads);
    long start = seed == null ? Instant.now().getEpochSecond() : seed;
    Report report = report(workloads, subjects, sizes, start);
    output.write(spec.commandLine(), "workloads", report);
    if (!report.failures().isEmpty()) {
      throw new DaemonException.Failed(report.failures().size() + " measurements failed");
    }
    return 0;
  }

  private static void requireWhatIsNeeded(List<Workload> workloads) throws DaemonException {
    var programs = new HashSet<Program>(List.of(Program.SYNC));
    workloads.forEach(workload -> programs.addAll(workload.programs()));
    String path = System.getenv("PATH");
    Program.require(programs, path == null ? "" : path);
    if (workloads.stream().anyMatch(Workload::cold)) {
      KernelCaches.requireDroppable(
          ", or leave the workloads whose names end in -cold out with --only");
    }
  }

  private Report report(
      List<Workload> workloads, List<Subject> subjects, Scale sizes, long firstSeed)
      throws IOException, InterruptedException {
    List<String> labels = subjects.stream().map(Subject::label).toList();
    var homes = new ArrayList<Path>();
    try {
      for (Subject subject : subjects) {
        homes.add(Files.createTempDirectory(subject.directory(), "bench"));
      }
      var places = new ArrayList<List<Place>>();
      for (Inputs inputs : inputs(sizes, firstSeed)) {
        places.add(homes.stream().map(home -> new Place(home, inputs)).toList());
      }
      var runner =
          new Runner(
              workloads,
              labels,
              Duration.ofSeconds(settleSeconds),
              spec.commandLine().getErr()::println);
      List<Row> rows = runner.run(places, rehearsals);
      return new Report(conditions(firstSeed), labels, rows);
    } finally {
      homes.forEach(this::remove);
    }
  }

  /** What was measured is not to be lost with a filesystem that broke. */
  private void remove(Path home) {
    try {
      FileTree.remove(home);
    } catch (IOException e) {
      spec.commandLine().getErr().println(home + " could not be removed: " + e.getMessage());
    }
  }

  /** Those of each run. */
  private List<Inputs> inputs(Scale sizes, long firstSeed) throws IOException {
    Files.createDirectories(work);
    var all = new ArrayList<Inputs>();
    for (int run = 0; run < rehearsals + runs; run++) {
      all.add(new Inputs(work.toAbsolutePath(), firstSeed + run, sizes));
    }
    var kept = new ArrayList<Inputs>(all);
    all.forEach(inputs -> kept.addAll(PairWork.inputs(inputs)));
    Inputs.forgetOthers(work, kept);
    return all;
  }

  private List<String> conditions(long firstSeed) throws IOException {
    return List.of(
        "%s; %d runs after %d that did not count, scale %s, seed %d."
            .formatted(Machine.description(), runs, rehearsals, scale, firstSeed));
  }
}
