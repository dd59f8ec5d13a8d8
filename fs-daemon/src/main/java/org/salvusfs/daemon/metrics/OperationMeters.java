package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.management.OperationStatus;

/**
 * A timer for each operation of the mount, and a counter for each errno that it was refused with.
 */
public final class OperationMeters {
  /** Percentiles are of the operations of about this long. */
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private final MeterRegistry registry;
  private final Map<String, Meters> meters = new ConcurrentHashMap<>();

  private record Meters(String label, Timer timer, Map<Integer, Counter> errors) {}

  public OperationMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * An operation was answered.
   *
   * @param operation its name in the protocol, as {@code LOOKUP}
   * @param errno 0 or the positive error number
   */
  public void completed(String operation, long nanos, int errno) {
    var of = meters.computeIfAbsent(operation, this::register);
    of.timer().record(nanos, TimeUnit.NANOSECONDS);
    if (errno != 0) {
      of.errors().computeIfAbsent(errno, number -> registerError(of.label(), number)).increment();
    }
  }

  private Meters register(String operation) {
    var label = operation.toLowerCase(Locale.ROOT);
    var timer =
        Timer.builder("salvus.fs.operation")
            .description("Filesystem operations answered")
            .tag("operation", label)
            .publishPercentiles(0.5, 0.99)
            .distributionStatisticExpiry(WINDOW)
            .distributionStatisticBufferLength(2)
            .register(registry);
    return new Meters(label, timer, new ConcurrentHashMap<>());
  }

  private Counter registerError(String label, int errno) {
    return Counter.builder("salvus.fs.refused")
        .description("Filesystem operations answered with an error")
        .tag("operation", label)
        .tag("errno", Integer.toString(errno))
        .register(registry);
  }

  /** The operations that occurred, by name. */
  public Map<String, OperationStatus> snapshot() {
    var statuses = new TreeMap<String, OperationStatus>();
    for (var of : meters.values()) {
      var timer = of.timer().takeSnapshot();
      var errors = of.errors().values().stream().mapToDouble(Counter::count).sum();
      statuses.put(
          of.label(),
          new OperationStatus(
              of.timer().count(),
              Math.round(errors),
              percentile(timer, 0.5),
              percentile(timer, 0.99),
              tenths(timer.max(TimeUnit.MICROSECONDS))));
    }
    return statuses;
  }

  private static double percentile(HistogramSnapshot snapshot, double percentile) {
    return Arrays.stream(snapshot.percentileValues())
        .filter(value -> value.percentile() == percentile)
        .mapToDouble(value -> tenths(value.value(TimeUnit.MICROSECONDS)))
        .findFirst()
        .orElse(0);
  }

  private static double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
