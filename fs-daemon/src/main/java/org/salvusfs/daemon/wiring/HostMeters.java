package org.salvusfs.daemon.wiring;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import java.util.HashMap;
import java.util.Map;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.metrics.ProjectMeters;
import org.salvusfs.metadata.api.Limits;

/** What is measured by asking a daemon's parts, at each scrape. */
final class HostMeters {
  private static final String BYTES = "bytes";

  private HostMeters() {}

  /** Those that there is one of. */
  static void register(MeterRegistry registry, Daemon.Parts parts, FuseMount mount) {
    Gauge.builder("salvus.fuse.threads", mount, FuseMount::size)
        .description("Threads that serve the mount")
        .register(registry);
    Gauge.builder("salvus.projects.open", parts.projects(), all -> all.all().size())
        .description("Projects that this daemon holds")
        .register(registry);
    Gauge.builder("salvus.lease.valid", parts.lease(), lease -> lease.isValid() ? 1 : 0)
        .description("Whether this host may write; it may not while Cassandra is away")
        .register(registry);
    Gauge.builder("salvus.packs.size", parts.stores(), stores -> stores.blocks().usedBytes())
        .baseUnit(BYTES)
        .description("Length of all packs, garbage included")
        .register(registry);
    Gauge.builder("salvus.disk.free", parts.stores(), Stores::freeBytes)
        .baseUnit(BYTES)
        .description("What still fits on the disk of the packs")
        .register(registry);
    new JvmMemoryMetrics().bindTo(registry);
  }

  /** Those of each open project, by its id. */
  static Map<String, ProjectMeters.Source> sources(Projects projects) {
    var sources = new HashMap<String, ProjectMeters.Source>();
    for (OpenProject open : projects.all()) {
      sources.put(open.fence().project().toString(), source(open));
    }
    return sources;
  }

  private static ProjectMeters.Source source(OpenProject open) {
    return new ProjectMeters.Source(
        open.fence(),
        () -> open.transactions().usage().bytes(),
        () -> limit(open.quota().limits().hardBytes()),
        () -> open.transactions().usage().inodes(),
        () -> limit(open.quota().limits().inodes()),
        () -> open.transactions().snapshots().count(),
        () -> open.fileSystem().requests());
  }

  private static double limit(long limit) {
    return limit == Limits.UNLIMITED ? Double.POSITIVE_INFINITY : limit;
  }
}
