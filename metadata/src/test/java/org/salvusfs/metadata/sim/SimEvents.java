package org.salvusfs.metadata.sim;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/** Events in memory. State is guarded by the lock of {@link Faults}. */
final class SimEvents implements EventLog {
  private final Faults faults;
  private final List<Event> events = new ArrayList<>();

  SimEvents(Faults faults) {
    this.faults = faults;
  }

  @Override
  public void add(Event event) throws MetadataException {
    var kept =
        new Event(
            event.project(),
            event.at().truncatedTo(ChronoUnit.MICROS),
            event.kind(),
            event.detail());
    faults.run("add an event", () -> events.add(kept));
  }

  @Override
  public List<Event> newest(ProjectId project, LocalDate last, int days, int most)
      throws MetadataException {
    if (days < 1 || days > DAYS_MAX) {
      throw new IllegalArgumentException("events of " + days + " days");
    }
    var first = last.minusDays(days - 1L);
    return faults.run(
        "read events",
        () ->
            events.stream()
                .filter(event -> event.project().equals(project))
                .filter(event -> !day(event).isBefore(first) && !day(event).isAfter(last))
                .sorted(Comparator.comparing(Event::at).reversed())
                .limit(most)
                .toList());
  }

  @Override
  public void forget(ProjectId project, LocalDate first, LocalDate last) throws MetadataException {
    faults.run(
        "forget events",
        () ->
            events.removeIf(
                event ->
                    event.project().equals(project)
                        && !day(event).isBefore(first)
                        && !day(event).isAfter(last)));
  }

  private static LocalDate day(Event event) {
    return LocalDate.ofInstant(event.at(), ZoneOffset.UTC);
  }
}
