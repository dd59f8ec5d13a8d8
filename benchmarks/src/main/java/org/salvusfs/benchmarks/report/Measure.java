package org.salvusfs.benchmarks.report;

import java.util.Locale;

/** How the samples of a row are told; they are seconds if nothing else is said. */
public sealed interface Measure {
  /** The figure that is shown for so many seconds. */
  double value(double seconds);

  /** What the figure counts. */
  String unit();

  /** The figure as text, with as many digits as mean something; {@code failed} for NaN. */
  default String text(double seconds) {
    double value = value(seconds);
    if (Double.isNaN(value)) {
      return "failed";
    }
    String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * More is better.
   *
   * @param amount what one run does
   * @param what it is counted in
   */
  record PerSecond(double amount, String what) implements Measure {
    @Override
    public double value(double seconds) {
      return amount / seconds;
    }

    @Override
    public String unit() {
      return what + "/s";
    }
  }

  /** Less is better: the time of the whole. */
  record Duration() implements Measure {
    @Override
    public double value(double seconds) {
      return seconds;
    }

    @Override
    public String unit() {
      return "s";
    }
  }

  /** Less is better: the time of the whole, if it is short. */
  record Milliseconds() implements Measure {
    @Override
    public double value(double seconds) {
      return seconds * 1e3;
    }

    @Override
    public String unit() {
      return "ms";
    }
  }

  /** Less is better: how much is stored. Samples are bytes. */
  record Size() implements Measure {
    @Override
    public double value(double bytes) {
      return bytes / 1e6;
    }

    @Override
    public String unit() {
      return "MB";
    }
  }

  /**
   * Less is better: the time of each.
   *
   * @param count how many one run does
   */
  record Each(double count) implements Measure {
    @Override
    public double value(double seconds) {
      return seconds / count * 1e6;
    }

    @Override
    public String unit() {
      return "µs";
    }
  }
}
