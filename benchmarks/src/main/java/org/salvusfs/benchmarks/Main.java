package org.salvusfs.benchmarks;

import org.salvusfs.benchmarks.binding.BindingCommand;
import org.salvusfs.benchmarks.large.LargeCommand;
import org.salvusfs.benchmarks.snapshots.SnapshotsCommand;
import org.salvusfs.benchmarks.workload.WorkloadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./salvus bench}: the daemon's command line finds this class by its name. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures.")
public final class Main implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** The command with all benchmarks. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .addSubcommand(new WorkloadCommand())
        .addSubcommand(new BindingCommand())
        .addSubcommand(new SnapshotsCommand())
        .addSubcommand(new LargeCommand())
        .addSubcommand(
            new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which benchmark?");
  }
}
