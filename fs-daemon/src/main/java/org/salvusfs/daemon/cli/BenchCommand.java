package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Stands for the benchmarks where they are not on the class path. They depend on the daemon, so
 * that the daemon cannot depend on them; the launcher puts them on the class path of this command,
 * and they are found by name.
 */
@Command(name = "bench", description = "Measures; ./salvus bench --help lists what.")
final class BenchCommand implements Callable<Integer> {
  private static final String BENCHMARKS = "org.salvusfs.benchmarks.Main";

  @Parameters(arity = "0..*", paramLabel = "WORD")
  private List<String> words = List.of();

  /** The benchmarks' own command, or one that says that they are missing. */
  static CommandLine commandLine() {
    try {
      return (CommandLine) Class.forName(BENCHMARKS).getMethod("commandLine").invoke(null);
    } catch (ClassNotFoundException e) {
      return new CommandLine(new BenchCommand()).setUnmatchedOptionsArePositionalParams(true);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(BENCHMARKS + " does not offer its command line", e);
    }
  }

  @Override
  public Integer call() throws DaemonException {
    throw new DaemonException.Obstructed(
        "the benchmarks are not built, so that there is no bench %s; run ./salvus from the source tree"
            .formatted(String.join(" ", words)));
  }
}
