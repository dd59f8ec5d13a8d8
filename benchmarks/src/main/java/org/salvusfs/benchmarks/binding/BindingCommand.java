package org.salvusfs.benchmarks.binding;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.benchmarks.machine.Machine;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.report.Output;
import org.salvusfs.benchmarks.report.Report;
import org.salvusfs.benchmarks.report.Row;
import org.salvusfs.benchmarks.report.Samples;
import org.salvusfs.daemon.fuse.FuseBinding;
import org.salvusfs.daemon.fuse.jnr.JnrServer;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench binding}: processor time of the serving process for each request. */
@Command(
    name = "binding",
    mixinStandardHelpOptions = true,
    description =
        "Measures what a stat and a read of 4 KiB cost the serving process: a filesystem in memory"
            + " in C on libfuse3, and ours behind the kernel binding and behind jnr-fuse, in"
            + " alternation.")
public final class BindingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Output output = new Output();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "how often (default: ${DEFAULT-VALUE})")
  private int runs = 5;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "200000",
      description = "of each kind in one run (default: ${DEFAULT-VALUE})")
  private int requests = 200_000;

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || requests < 1) {
      throw new DaemonException.Invalid("--runs and --requests are at least 1");
    }
    String path = System.getenv("PATH");
    Program.require(
        EnumSet.of(Program.GCC, Program.PKG_CONFIG, Program.UMOUNT, Program.DD),
        path == null ? "" : path);
    Path root = Path.of(System.getProperty("salvus.root", "."));
    try (var bench = new Bench()) {
      requireMountable(bench.directory());
      List<Candidate> candidates =
          List.of(
              Baseline.compile(root, bench.directory()),
              Candidate.of(FuseBinding.KERNEL, root),
              Candidate.of(FuseBinding.JNR, root));
      output.write(spec.commandLine(), "binding", measure(candidates, bench));
      return 0;
    }
  }

  private static void requireMountable(Path directory) throws DaemonException {
    try {
      JnrServer.requireMountable(directory, MemoryServer.OPTIONS);
    } catch (MountException e) {
      throw new DaemonException.Obstructed(String.valueOf(e.getMessage()), e);
    }
  }

  private Report measure(List<Candidate> candidates, Bench bench)
      throws IOException, InterruptedException {
    for (Candidate candidate : candidates) {
      bench.add(candidate);
    }
    var rows = new ArrayList<Row>();
    for (Requests kind : Requests.values()) {
      rows.add(new Row(kind.label(), new Measure.Each(requests), alternate(kind, bench.servers())));
    }
    String conditions =
        "%s; processor time of the serving process per request, %d runs of %d requests."
            .formatted(Machine.description(), runs, requests);
    return new Report(
        List.of(conditions), candidates.stream().map(Candidate::label).toList(), rows);
  }

  /** The first round warms up and is not counted. */
  private List<Samples> alternate(Requests kind, List<Server> servers)
      throws IOException, InterruptedException {
    List<List<Double>> seconds =
        servers.stream().<List<Double>>map(s -> new ArrayList<>()).toList();
    for (int run = 0; run <= runs; run++) {
      for (int i = 0; i < servers.size(); i++) {
        Server server = servers.get(i);
        double before = server.processorSeconds();
        kind.run(server.mountPoint(), requests);
        if (run > 0) {
          seconds.get(i).add(server.processorSeconds() - before);
        }
      }
    }
    return seconds.stream().map(times -> new Samples(times, List.of())).toList();
  }
}
