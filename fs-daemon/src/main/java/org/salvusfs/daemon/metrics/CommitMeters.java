package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.salvusfs.metadata.txg.CommitListener;

/** How often and how long transaction groups commit, over all projects. */
public final class CommitMeters implements CommitListener {
  private final Timer commits;
  private final Counter items;
  private final Counter nodes;
  private final Counter failures;

  public CommitMeters(MeterRegistry registry) {
    commits =
        Timer.builder("salvus.txg.commit")
            .description("Transaction groups committed")
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    items = Counter.builder("salvus.txg.items").description("Items committed").register(registry);
    nodes =
        Counter.builder("salvus.txg.nodes").description("Tree nodes written").register(registry);
    failures =
        Counter.builder("salvus.txg.failures")
            .description("Attempts to commit that failed and were repeated")
            .register(registry);
  }

  @Override
  public void committed(long txg, long nanos, int itemCount, int nodeCount) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
    items.increment(itemCount);
    nodes.increment(nodeCount);
  }

  @Override
  public void commitFailed(long txg, IOException cause) {
    failures.increment();
  }
}
