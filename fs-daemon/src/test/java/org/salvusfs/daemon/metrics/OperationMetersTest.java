package org.salvusfs.daemon.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class OperationMetersTest {
  @Test
  void snapshot_ofOperations_hasCountsErrorsAndPercentiles() {
    var meters = new OperationMeters(new SimpleMeterRegistry());
    for (int i = 1; i <= 1000; i++) {
      meters.completed("LOOKUP", i * 1000L, i % 100 == 0 ? 2 : i % 250 == 0 ? 5 : 0);
    }
    var lookup = Objects.requireNonNull(meters.snapshot().get("lookup"));
    assertEquals(1000, lookup.count());
    assertEquals(12, lookup.errors());
    assertEquals(500, lookup.p50Micros(), 40);
    assertEquals(990, lookup.p99Micros(), 80);
    assertEquals(1000, lookup.maxMicros(), 0.1);
  }

  @Test
  void snapshot_listsOnlyWhatOccurred_byName() {
    var meters = new OperationMeters(new SimpleMeterRegistry());
    assertTrue(meters.snapshot().isEmpty());
    meters.completed("WRITE", 1, 0);
    meters.completed("READ", 1, 0);
    assertEquals(List.of("read", "write"), List.copyOf(meters.snapshot().keySet()));
  }

  @Test
  void scrape_hasTimersAndRefusals() {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new OperationMeters(registry).completed("FSYNC", 1_000_000, 28);
    var text = registry.scrape();
    assertTrue(text.contains("salvus_fs_operation_seconds_count{operation=\"fsync\"} 1"), text);
    assertTrue(
        text.contains("salvus_fs_refused_total{errno=\"28\",operation=\"fsync\"} 1.0"), text);
  }
}
