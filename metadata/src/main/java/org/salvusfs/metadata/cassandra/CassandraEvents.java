package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Events in {@code event}, a partition for each project and day (UTC). The time of an event is in
 * its timeuuid (RFC 9562, version 1), whose other half is random, so that an event written twice by
 * a retry is one, and two of one moment are two.
 */
final class CassandraEvents implements EventLog {
  /** Ticks of 100 ns from 1582-10-15, where version 1 begins to count, to 1970. */
  private static final long TICKS_TO_1970 = 0x01B21DD213814000L;

  private static final int TICKS_PER_MICRO = 10;

  private final CqlSession session;
  private final Retries retries;
  private final Supplier<UUID> randomIds;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement forget;

  CassandraEvents(CqlSession session, String keyspace, Retries retries, Supplier<UUID> randomIds) {
    this.session = session;
    this.retries = retries;
    this.randomIds = randomIds;
    insert =
        session.prepare(
            "INSERT INTO "
                + keyspace
                + ".event (project_id, day, at, kind, detail) VALUES (?, ?, ?, ?, ?)");
    select =
        session.prepare(
            "SELECT at, kind, detail FROM "
                + keyspace
                + ".event WHERE project_id = ? AND day IN ? PER PARTITION LIMIT ?");
    forget =
        session.prepare("DELETE FROM " + keyspace + ".event WHERE project_id = ? AND day IN ?");
  }

  @Override
  public void add(Event event) throws MetadataException {
    var row =
        insert
            .bind(
                event.project().uuid(),
                LocalDate.ofInstant(event.at(), ZoneOffset.UTC),
                timeId(event.at(), randomIds.get()),
                event.kind(),
                event.detail())
            .setIdempotent(true);
    retries.until(
        "write an event of project " + event.project(), () -> Optional.of(session.execute(row)));
  }

  @Override
  public List<Event> newest(ProjectId project, LocalDate last, int days, int most)
      throws MetadataException {
    if (days < 1 || days > DAYS_MAX) {
      throw new IllegalArgumentException("events of " + days + " days");
    }
    var wanted = Stream.iterate(last, day -> day.minusDays(1)).limit(days).toList();
    var statement = select.bind(project.uuid(), wanted, most).setIdempotent(true);
    return retries.until(
        "read the events of project " + project,
        () -> {
          var events = new ArrayList<Event>();
          session.execute(statement).forEach(row -> events.add(event(project, row)));
          events.sort(Comparator.comparing(Event::at).reversed());
          return Optional.of(List.copyOf(events.subList(0, Math.min(most, events.size()))));
        });
  }

  @Override
  public void forget(ProjectId project, LocalDate first, LocalDate last) throws MetadataException {
    for (var day = first; !day.isAfter(last); day = day.plusDays(DAYS_MAX)) {
      var end = day.plusDays(DAYS_MAX).isAfter(last) ? last.plusDays(1) : day.plusDays(DAYS_MAX);
      var delete = forget.bind(project.uuid(), day.datesUntil(end).toList()).setIdempotent(true);
      retries.until(
          "remove the events of project " + project, () -> Optional.of(session.execute(delete)));
    }
  }

  /** A version 1 id of a moment, to the microsecond. */
  private static UUID timeId(Instant at, UUID random) {
    long ticks = ChronoUnit.MICROS.between(Instant.EPOCH, at) * TICKS_PER_MICRO + TICKS_TO_1970;
    long high =
        (ticks << 32) | ((ticks >>> 32 & 0xFFFF) << 16) | (1L << 12) | (ticks >>> 48 & 0x0FFF);
    return new UUID(high, random.getLeastSignificantBits());
  }

  private static Event event(ProjectId project, Row row) {
    long micros = (Columns.uuid(row, "at").timestamp() - TICKS_TO_1970) / TICKS_PER_MICRO;
    return new Event(
        project,
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
        Columns.text(row, "kind"),
        Columns.text(row, "detail"));
  }
}
