package org.salvusfs.daemon.wiring;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.txg.Usage;
import org.salvusfs.quota.admission.Notice;
import org.salvusfs.quota.admission.Quota;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the quotas of projects that are opened, and writes down what they give notice of: in the
 * daemon's log at once, in the event log behind the back of the operation that caused it, for that
 * may not wait. An event that cannot be written within the patience is lost.
 */
final class Quotas {
  private static final Logger log = LoggerFactory.getLogger(Quotas.class);

  private final CassandraMetadata metadata;
  private final Executor writer;
  private final LongSupplier wallClock;

  /**
   * @param writer one thread, so that a later note about the soft limit is written later
   * @param wallClock nanoseconds since 1970
   */
  Quotas(CassandraMetadata metadata, Executor writer, LongSupplier wallClock) {
    this.metadata = metadata;
    this.writer = writer;
    this.wallClock = wallClock;
  }

  /** That of a project that is being opened. */
  Quota of(Project project, Usage usage) {
    return new Quota(
        usage,
        project.limits(),
        project.overSoftSince(),
        wallClock,
        notice -> heard(project, notice));
  }

  private void heard(Project project, Notice notice) {
    var at = Instant.EPOCH.plus(wallClock.getAsLong(), ChronoUnit.NANOS);
    var event = new Event(project.id(), at, notice.kind(), notice.text());
    log.info("project {} ({}): {}", project.name(), project.id(), event.detail());
    try {
      writer.execute(() -> write(event, notice));
    } catch (RejectedExecutionException e) {
      log.warn("the daemon is ending: an event of project {} is lost", project.id(), e);
    }
  }

  private void write(Event event, Notice notice) {
    try {
      if (notice instanceof Notice.Soft soft) {
        metadata.projects().setOverSoftSince(event.project(), soft.since());
      }
      metadata.events().add(event);
    } catch (MetadataException e) {
      log.warn("an event of project {} is lost: {}", event.project(), event.detail(), e);
    }
  }
}
