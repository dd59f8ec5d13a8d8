package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** What the verification of packs reads and finds. */
public final class ScrubMeters {
  private final RunMeters runs;
  private final Counter read;
  private final AtomicLong damage = new AtomicLong();

  public ScrubMeters(MeterRegistry registry) {
    runs = new RunMeters(registry, "scrub");
    read =
        Counter.builder("salvus.scrub.read")
            .baseUnit("bytes")
            .description("Records of packs read by the scrub")
            .register(registry);
    Gauge.builder("salvus.scrub.damage", damage, AtomicLong::get)
        .description("Damaged places that the present or last scrub found")
        .strongReference(true)
        .register(registry);
  }

  /** How its runs end. */
  public RunMeters runs() {
    return runs;
  }

  /** More was read. */
  public void read(long bytes) {
    read.increment((double) bytes);
  }

  /** So much damage is known now. */
  public void damage(long places) {
    damage.set(places);
  }
}
