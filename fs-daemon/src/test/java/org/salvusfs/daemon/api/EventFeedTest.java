package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;

/** Events are found one look after the other; no time goes by but what the test says. */
final class EventFeedTest {
  private long nowNanos = TimeUnit.SECONDS.toNanos(TestApi.NOW.getEpochSecond());
  private final Deque<List<EventStatus>> looks = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();

  private static EventStatus event(int minute, int second, String detail) {
    return new EventStatus(
        "2026-11-21T14:%02d:%02dZ".formatted(minute, second), "demo", "quota-hit", detail);
  }

  private List<EventStatus> look() throws DaemonException {
    var found = looks.removeFirst();
    if (found.isEmpty()) {
      throw new DaemonException.Unavailable("away");
    }
    return found;
  }

  /** Follows until all looks are used up; a second goes by between two. */
  private List<String> follow(String last) throws Exception {
    sent.clear();
    var feed = new EventFeed((days, most) -> look(), () -> nowNanos, last, 1, 10);
    feed.run(
        new Reply.Sink() {
          @Override
          public boolean send(String text) {
            sent.add(text);
            return true;
          }

          @Override
          public boolean pause(long nanos) {
            nowNanos += nanos;
            return !looks.isEmpty();
          }
        });
    return sent.stream().filter(text -> text.startsWith("id: ")).toList();
  }

  private static List<String> details(List<String> sent) throws Exception {
    var details = new ArrayList<String>();
    for (var text : sent) {
      var data = text.substring(text.indexOf("data: ") + "data: ".length()).strip();
      details.add(Json.read(data, EventStatus.class).detail());
    }
    return details;
  }

  @Test
  void lastEvents_comeOldestFirst_andThenEachNewOneOnce() throws Exception {
    var a = event(0, 1, "a");
    var b = event(0, 2, "b");
    var c = event(0, 3, "c");
    looks.add(List.of(b, a));
    looks.add(List.of(b, a));
    looks.add(List.of(c, b, a));
    looks.add(List.of(c, b, a));
    assertEquals(List.of("a", "b", "c"), details(follow("")));
  }

  @Test
  void eventStoredLate_isSent_oldOnesAreNot() throws Exception {
    looks.add(List.of(event(0, 2, "b")));
    looks.add(List.of(event(0, 2, "b"), event(0, 1, "late")));
    looks.add(
        List.of(
            event(0, 2, "b"),
            event(0, 1, "late"),
            new EventStatus("2026-11-21T13:00:00Z", "demo", "quota-hit", "old")));
    assertEquals(List.of("b", "late"), details(follow("")));
  }

  @Test
  void twoEventsOfOneMoment_areTwo() throws Exception {
    looks.add(List.of(event(0, 1, "a"), event(0, 1, "b")));
    assertEquals(2, follow("").size());
  }

  @Test
  void whoComesBack_goesOnBehindTheLastOne() throws Exception {
    var all = List.of(event(9, 0, "d"), event(0, 3, "c"), event(0, 2, "b"), event(0, 1, "a"));
    looks.add(all);
    var ids = follow("").stream().map(text -> text.substring(4, text.indexOf('\n'))).toList();
    assertEquals(ids.stream().sorted().toList(), ids);
    looks.add(all);
    looks.add(all);
    assertEquals(List.of("c", "d"), details(follow(ids.get(1))));
  }

  @Test
  void outageOfTheStore_losesNothing() throws Exception {
    looks.add(List.of(event(0, 1, "a")));
    for (int i = 0; i < 300; i++) {
      looks.add(List.of());
    }
    looks.add(List.of(event(2, 0, "meanwhile"), event(0, 1, "a")));
    assertEquals(List.of("a", "meanwhile"), details(follow("")));
    assertTrue(sent.contains(":\n\n"), "a sign of life now and then");
  }
}
