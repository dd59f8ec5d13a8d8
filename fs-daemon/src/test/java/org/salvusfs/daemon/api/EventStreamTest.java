package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.FakeDaemon;

/** Events as a browser would follow them. */
final class EventStreamTest {
  @TempDir private Path directory = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();

  /** The next line of that kind, without the kind. */
  private static String next(Iterator<String> lines, String kind) {
    while (true) {
      var line = lines.next();
      if (line.startsWith(kind)) {
        return line.substring(kind.length());
      }
    }
  }

  @Test
  void stream_goesOn_andWhoComesBackMissesNothing() throws Exception {
    try (var api = TestApi.serving(directory, daemon);
        var http = new Http(api.url())) {
      var first = http.lines("/v1/events?follow&days=1", Map.of());
      assertEquals(200, first.statusCode());
      assertEquals("text/event-stream", first.headers().firstValue("Content-Type").orElse(""));
      var lines = first.body().iterator();
      assertTrue(next(lines, "data: ").contains("1 days, 100 at most"));
      daemon.happen(new EventStatus("2026-11-21T14:00:01Z", "demo", "quota-hit", "one"));
      var id = next(lines, "id: ");
      assertEquals(
          "{\"at\":\"2026-11-21T14:00:01Z\",\"project\":\"demo\",\"kind\":\"quota-hit\",\"detail\":\"one\"}",
          next(lines, "data: "));
      first.body().close();

      daemon.happen(new EventStatus("2026-11-21T14:00:02Z", "demo", "quota-hit", "two"));
      var again = http.lines("/v1/events?follow&days=1", Map.of("Last-Event-ID", id));
      var rest = again.body().iterator();
      assertTrue(next(rest, "data: ").contains("\"two\""));
    }
  }

  @Test
  void stream_endsWithTheServer() throws Exception {
    try (var api = TestApi.serving(directory, daemon);
        var http = new Http(api.url())) {
      var lines = http.lines("/v1/events?follow", Map.of()).body().iterator();
      next(lines, "data: ");
      api.close();
      assertFalse(lines.next().startsWith("id: ")); // the empty line that ends the event
      assertFalse(lines.hasNext());
    }
  }
}
