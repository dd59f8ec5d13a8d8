package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** How often the automatic snapshots of a project were looked at, and could not be. */
public final class SnapshotMeters {
  private final Counter made;
  private final Counter failures;

  public SnapshotMeters(MeterRegistry registry) {
    made =
        Counter.builder("salvus.snapshots.made")
            .description("Automatic snapshots made")
            .register(registry);
    failures =
        Counter.builder("salvus.snapshots.failures")
            .description(
                "Automatic snapshots that could not be made or thinned, and are tried again")
            .register(registry);
  }

  public void made() {
    made.increment();
  }

  public void failed() {
    failures.increment();
  }
}
