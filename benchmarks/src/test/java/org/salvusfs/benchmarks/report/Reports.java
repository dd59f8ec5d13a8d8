package org.salvusfs.benchmarks.report;

import java.util.List;

/** A report to be shown by tests: a rate, a time, and a workload that failed on one subject. */
final class Reports {
  private Reports() {}

  static Report example() {
    return new Report(
        List.of("A machine; 1 run."),
        List.of("a", "b<", "c"),
        List.of(
            new Row("write", new Measure.PerSecond(100, "MB"), List.of(s(1), s(2), s(0.25))),
            new Row("untar", new Measure.Duration(), List.of(s(2), s(8), failed())),
            new Row("stat", new Measure.Each(1000), List.of(s(0.004), s(0.005), s(0.006)))));
  }

  private static Samples s(double seconds) {
    return new Samples(List.of(seconds), List.of());
  }

  private static Samples failed() {
    return new Samples(List.of(), List.of("no space"));
  }
}
