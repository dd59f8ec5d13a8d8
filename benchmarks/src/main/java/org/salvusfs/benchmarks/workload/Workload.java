package org.salvusfs.benchmarks.workload;

import java.nio.file.Path;

/**
 * One kind of work.
 *
 * @param unit what the result counts per second
 * @param amount how many of them one run does
 * @param prepare what comes before the clock starts
 * @param work what is timed
 */
record Workload(String name, String unit, double amount, Step prepare, Step work) {
  /** Something done in a directory of its own. */
  @FunctionalInterface
  interface Step {
    void run(Path directory) throws Exception;
  }
}
