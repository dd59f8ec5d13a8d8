package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an {@link EventLog} must do. */
public abstract class EventLogContract {
  private static final LocalDate DAY = LocalDate.parse("2026-11-20");

  private final ProjectId project = new ProjectId(UUID.randomUUID());

  protected abstract EventLog events() throws Exception;

  private Event event(String at, String detail) {
    return new Event(project, Instant.parse(at), "quota-warning", detail);
  }

  @Test
  void newest_ofAProjectWithout_isEmpty() throws Exception {
    assertEquals(List.of(), events().newest(project, DAY, 30, 10));
  }

  @Test
  void newest_ofSeveralDays_isNewestFirstToTheMicrosecond() throws Exception {
    var log = events();
    var first = event("2026-11-18T23:59:59.999999Z", "eins ☃");
    var second = event("2026-11-19T00:00:00Z", "zwei");
    var third = event("2026-11-20T12:00:00.000001Z", "drei");
    var fourth = event("2026-11-20T12:00:00.000002Z", "vier");
    for (Event each : List.of(third, first, fourth, second)) {
      log.add(each);
    }
    assertEquals(List.of(fourth, third, second, first), log.newest(project, DAY, 3, 10));
  }

  @Test
  void newest_keepsToItsDaysItsNumberAndItsProject() throws Exception {
    var log = events();
    var old = event("2026-11-18T10:00:00Z", "old");
    var recent = event("2026-11-19T10:00:00Z", "recent");
    var today = event("2026-11-20T10:00:00Z", "today");
    var future = event("2026-11-21T00:00:00Z", "future");
    for (Event each : List.of(old, recent, today, future)) {
      log.add(each);
    }
    log.add(new Event(new ProjectId(UUID.randomUUID()), today.at(), "other", "of another"));
    assertEquals(List.of(today, recent), log.newest(project, DAY, 2, 10));
    assertEquals(List.of(today), log.newest(project, DAY, 3, 1));
    assertEquals(List.of(today, recent, old), log.newest(project, DAY, EventLog.DAYS_MAX, 10));
  }

  @Test
  void forget_removesItsDaysAndNothingOfOthers() throws Exception {
    var log = events();
    var before = event("2024-05-31T23:59:59Z", "before");
    var old = event("2024-06-01T00:00:00Z", "old");
    var today = event("2026-11-20T23:59:59Z", "today");
    var after = event("2026-11-21T00:00:00Z", "after");
    var other =
        new Event(new ProjectId(UUID.randomUUID()), today.at(), "quota-warning", "of another");
    for (Event each : List.of(before, old, today, after, other)) {
      log.add(each);
    }
    for (int again = 0; again < 2; again++) {
      log.forget(project, LocalDate.parse("2024-06-01"), DAY);
      assertEquals(List.of(after), log.newest(project, DAY.plusDays(1), EventLog.DAYS_MAX, 10));
      assertEquals(List.of(before), log.newest(project, LocalDate.parse("2024-12-01"), 300, 10));
      assertEquals(List.of(other), log.newest(other.project(), DAY, 1, 10));
    }
  }

  @Test
  void add_severalOfOneMoment_keepsAll() throws Exception {
    var log = events();
    var expected = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      expected.add("event " + i);
      log.add(event("2026-11-20T10:00:00Z", "event " + i));
    }
    var found = log.newest(project, DAY, 1, 100).stream().map(Event::detail).sorted().toList();
    assertEquals(expected.stream().sorted().toList(), found);
  }

  @Test
  void newest_withoutDaysOrWithTooMany_isRefused() throws Exception {
    var log = events();
    assertThrows(IllegalArgumentException.class, () -> log.newest(project, DAY, 0, 10));
    assertThrows(
        IllegalArgumentException.class, () -> log.newest(project, DAY, EventLog.DAYS_MAX + 1, 10));
  }
}
