package org.salvusfs.benchmarks;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bench jmh}: hands everything over to JMH. */
@Command(
    name = "jmh",
    description = "Runs microbenchmarks of single parts; -h shows JMH's options.")
final class JmhCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "PATTERN")
  private List<String> words = List.of();

  @Override
  public Integer call() throws Exception {
    org.openjdk.jmh.Main.main(words.toArray(String[]::new));
    return 0;
  }
}
