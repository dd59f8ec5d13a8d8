package org.salvusfs.daemon.cli;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Hands over to the benchmarks by name: they depend on the daemon, so that the daemon cannot depend
 * on them; the launcher puts them on the class path of this command.
 */
@Command(
    name = "bench",
    description = "Measures; ./salvus bench --help lists what.",
    mixinStandardHelpOptions = false)
final class BenchCommand implements Callable<Integer> {
  private static final String BENCHMARKS = "org.salvusfs.benchmarks.Main";

  @Parameters(arity = "0..*", paramLabel = "WORD")
  private List<String> words = List.of();

  @Override
  public Integer call() throws Exception {
    try {
      Class.forName(BENCHMARKS)
          .getMethod("main", String[].class)
          .invoke(null, (Object) words.toArray(String[]::new));
      return ExitCode.OK.status();
    } catch (ClassNotFoundException e) {
      throw new DaemonException.Obstructed(
          "the benchmarks are not built; run ./salvus from the source tree", e);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
