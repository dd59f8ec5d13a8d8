package org.salvusfs.daemon.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What each open project uses and may use. There are meters of projects that are open only, so that
 * their number is bounded by what the daemon holds; they carry the project's id and not its name,
 * because whoever can reach {@code /metrics} can read them.
 */
public final class ProjectMeters {
  /**
   * A project that is open. The suppliers answer from memory.
   *
   * @param opening tells this opening from others
   * @param bytesLimit infinite if there is none
   * @param inodesLimit likewise
   * @param operations that the mount was asked for since the opening
   */
  public record Source(
      Object opening,
      DoubleSupplier bytes,
      DoubleSupplier bytesLimit,
      DoubleSupplier inodes,
      DoubleSupplier inodesLimit,
      DoubleSupplier snapshots,
      DoubleSupplier operations) {}

  private record Shown(Source source, List<Meter> meters) {}

  private final MeterRegistry registry;
  private final ReentrantLock lock = new ReentrantLock();

  /** By project. Guarded by the lock. */
  private final Map<String, Shown> shown = new HashMap<>();

  public ProjectMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Has meters for these projects, by id, and for no others. */
  public void show(Map<String, Source> open) {
    lock.lock();
    try {
      shown.entrySet().removeIf(entry -> isGone(entry.getValue(), open.get(entry.getKey())));
      open.forEach((id, source) -> shown.computeIfAbsent(id, added -> added(added, source)));
    } finally {
      lock.unlock();
    }
  }

  private boolean isGone(Shown before, @Nullable Source now) {
    boolean isGone = now == null || !now.opening().equals(before.source().opening());
    if (isGone) {
      before.meters().forEach(registry::remove);
    }
    return isGone;
  }

  private Shown added(String id, Source source) {
    return new Shown(
        source,
        List.of(
            gauge("bytes", id, source.bytes(), "Logical bytes that the project uses"),
            gauge("bytes.limit", id, source.bytesLimit(), "Its hard limit of bytes"),
            gauge("inodes", id, source.inodes(), "Inodes that the project uses"),
            gauge("inodes.limit", id, source.inodesLimit(), "Its limit of inodes"),
            gauge("snapshots", id, source.snapshots(), "Snapshots of the project"),
            FunctionCounter.builder(
                    "salvus.project.operations", source.operations(), DoubleSupplier::getAsDouble)
                .description("Operations of the mount on the project and its snapshots")
                .tag("project", id)
                .register(registry)));
  }

  private Meter gauge(String name, String id, DoubleSupplier value, String description) {
    return Gauge.builder("salvus.project." + name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .tag("project", id)
        .strongReference(true)
        .register(registry);
  }
}
