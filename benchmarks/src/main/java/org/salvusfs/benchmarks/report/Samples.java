package org.salvusfs.benchmarks.report;

import java.util.List;

/**
 * The runs of one workload on one subject.
 *
 * @param seconds one for each run that succeeded, in their order
 * @param failures one sentence for each run that failed
 */
public record Samples(List<Double> seconds, List<String> failures) {
  public Samples {
    seconds = List.copyOf(seconds);
    failures = List.copyOf(failures);
  }

  /**
   * The middle of the runs, the mean of the two in the middle if their number is even; else NaN.
   */
  public double median() {
    if (seconds.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
