package org.salvusfs.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bench jmh}: hands everything over to JMH. Not to its main class, which ends the process by
 * itself when something is wrong; this process ends when its commands have returned.
 */
@Command(
    name = "jmh",
    description = "Runs microbenchmarks of single parts; -h shows JMH's options.")
final class JmhCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "PATTERN")
  private List<String> words = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, RunnerException {
    CommandLineOptions options = options();
    var runner = new Runner(options);
    if (options.shouldHelp()) {
      options.showHelp();
    } else if (options.shouldList()) {
      runner.list();
    } else if (options.shouldListWithParams()) {
      runner.listWithParams(options);
    } else if (options.shouldListProfilers()) {
      options.listProfilers();
    } else if (options.shouldListResultFormats()) {
      options.listResultFormats();
    } else {
      run(runner);
    }
    return 0;
  }

  private CommandLineOptions options() {
    try {
      return new CommandLineOptions(words.toArray(String[]::new));
    } catch (CommandLineOptionException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage() + "; -h shows JMH's options");
    }
  }

  private void run(Runner runner) throws RunnerException {
    try {
      runner.run();
    } catch (NoBenchmarksException e) {
      throw new ParameterException(
          spec.commandLine(), "no benchmark matches " + words + "; -l lists them", e);
    }
  }
}
