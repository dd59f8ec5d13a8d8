package org.salvusfs.benchmarks;

import java.util.Arrays;
import org.salvusfs.benchmarks.workload.WorkloadCommand;

/** {@code bench workload DIR…} and {@code bench jmh [PATTERN]}. */
public final class Main {
  private Main() {}

  /** Runs what the first word names. */
  public static void main(String[] args) throws Exception {
    String what = args.length == 0 ? "" : args[0];
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    switch (what) {
      case "workload" -> WorkloadCommand.run(rest);
      case "jmh" -> org.openjdk.jmh.Main.main(rest);
      default -> {
        System.err.println(
            """
            usage: ./salvus bench workload [--runs N] DIR…   ordinary work in each directory, in turn;
                                                            medians and ratios to the first one
                   ./salvus bench jmh [PATTERN]             microbenchmarks of single parts""");
        throw new IllegalArgumentException("bench does not know '" + what + "'");
      }
    }
  }
}
