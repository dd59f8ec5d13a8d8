package org.salvusfs.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers the samples of one row and subject, and tells of each. Not thread-safe. */
public final class Tally {
  private final String name;
  private final Measure measure;
  private final Consumer<String> progress;
  private final List<Double> samples = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * An empty one.
   *
   * @param name what is measured on what
   * @param progress hears a line for each measurement
   */
  public Tally(String name, Measure measure, Consumer<String> progress) {
    this.name = name;
    this.measure = measure;
    this.progress = progress;
  }

  /** A measurement: seconds, or what else the measure tells. */
  public void add(double sample) {
    samples.add(sample);
    progress.accept("%s: %s %s".formatted(name, measure.text(sample), measure.unit()));
  }

  /** A measurement that failed. */
  public void fail(Exception e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    failures.add(reason);
    progress.accept("%s: failed: %s".formatted(name, reason));
  }

  /** What was gathered so far. */
  public Samples samples() {
    return new Samples(samples, failures);
  }
}
