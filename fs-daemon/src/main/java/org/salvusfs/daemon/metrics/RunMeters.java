package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** How long work that a daemon does again and again ends. */
public final class RunMeters {
  private final Counter failures;
  private final AtomicLong ended = new AtomicLong();

  /**
   * @param name of the work in the meters' names
   */
  public RunMeters(MeterRegistry registry, String name) {
    failures =
        Counter.builder("salvus." + name + ".failures")
            .description("Runs that failed")
            .register(registry);
    Gauge.builder("salvus." + name + ".ended", ended, AtomicLong::get)
        .baseUnit("seconds")
        .description("When the last run that did not fail ended, since 1970; 0: none did")
        .strongReference(true)
        .register(registry);
  }

  /** A run has done its work. */
  public void ended(Instant at) {
    ended.set(at.getEpochSecond());
  }

  /** A run could not do its work. */
  public void failed() {
    failures.increment();
  }
}
