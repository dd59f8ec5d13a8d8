package org.salvusfs.daemon.cli;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.management.CheckProgress;

/** A line of a terminal that says how far something has come. */
final class ProgressBar implements CheckProgress, AutoCloseable {
  private static final int WIDTH = 40;
  private static final double NANOS = 1e9;
  private static final long SECONDS_PER_MINUTE = 60;

  private final String what;
  private final LiveLine line;
  private final LongSupplier nanoClock;
  private final long start;
  private final boolean bytes;

  private ProgressBar(String what, LiveLine line, LongSupplier nanoClock, boolean bytes) {
    this.what = what;
    this.line = line;
    this.nanoClock = nanoClock;
    this.start = nanoClock.getAsLong();
    this.bytes = bytes;
  }

  /** Of steps, of which nobody wants to know what they are. */
  static ProgressBar ofSteps(String what, LiveLine line) {
    return new ProgressBar(what, line, () -> 0, false);
  }

  /** Of bytes, with their rate and the time left. */
  static ProgressBar ofBytes(String what, LiveLine line, LongSupplier nanoClock) {
    return new ProgressBar(what, line, nanoClock, true);
  }

  @Override
  public void at(long done, long total) {
    line.show(what + bar(done, total) + (bytes ? rate(done, total) : ""));
  }

  private String bar(long done, long total) {
    if (total <= 0) {
      return bytes ? ": " + megabytes(done) : ": " + done;
    }
    int filled = (int) Math.min(WIDTH, done * WIDTH / total);
    return " [%s%s] %d %%"
        .formatted(
            "#".repeat(filled), ".".repeat(WIDTH - filled), Math.min(100, done * 100 / total));
  }

  private String rate(long done, long total) {
    double seconds = (nanoClock.getAsLong() - start) / NANOS;
    if (seconds < 1 || done == 0) {
      return "";
    }
    double perSecond = done / seconds;
    String rate = ", %s/s".formatted(megabytes(Math.round(perSecond)));
    long left = Math.round((total - done) / perSecond);
    return total <= 0
        ? rate
        : "%s, %d:%02d left".formatted(rate, left / SECONDS_PER_MINUTE, left % SECONDS_PER_MINUTE);
  }

  /** For people. */
  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  @Override
  public void close() {
    line.clear();
  }
}
