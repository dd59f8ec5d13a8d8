package org.salvusfs.quota.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.ProjectId;

class RetentionTest {
  @Test
  void parse_whatTextWrites_isTheSame() {
    for (var text : List.of("none", Retention.USUAL, "1m:1", "90m:3,2d:10000", "3660d:1")) {
      var policy = Retention.parse(text);
      assertEquals(policy, Retention.parse(policy.text()));
    }
    assertEquals("15m:4,1h:24,1d:7,7d:4,30d:12", Retention.parse(Retention.USUAL).text());
    assertEquals(
        List.of(
            new Retention.Rule(Duration.ofHours(1), 2), new Retention.Rule(Duration.ofDays(1), 3)),
        Retention.parse("1d:3, 60min:2").rules());
  }

  @Test
  void parse_nonsense_isRefusedInWords() {
    for (var text :
        List.of(
            "",
            "15m",
            "15m:0",
            "15m:",
            "15m:10001",
            "30s:1",
            "90s:1",
            ":4",
            "15x:4",
            "15m:4,",
            "15m:4;1h:2",
            "none,1h:2",
            "60m:1,1h:2",
            "3661d:1",
            "15m:-4",
            "0m:3")) {
      var e = assertThrows(IllegalArgumentException.class, () -> Retention.parse(text), text);
      assertTrue(String.valueOf(e.getMessage()).length() > 20, e.toString());
    }
  }

  @Test
  void slots_areAsLongAsTheShortestPeriod() {
    var random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      var id = new ProjectId(new UUID(random.nextLong(), random.nextLong()));
      var schedule = Schedule.of(Retention.parse("1d:2,15m:4"), id);
      var moment = Instant.ofEpochMilli(1_700_000_000_000L + random.nextInt(100_000_000));
      assertEquals(schedule.slot(moment) + 1, schedule.slot(moment.plus(Duration.ofMinutes(15))));
      assertTrue(schedule.slot(moment.plusMillis(1)) - schedule.slot(moment) <= 1);
    }
  }

  @Test
  void slots_ofManyProjects_beginSpreadOverTheirLength() {
    var random = new Random(4);
    var perMinute = new int[15];
    for (int i = 0; i < 15_000; i++) {
      var id = new ProjectId(new UUID(random.nextLong(), random.nextLong()));
      long phase = Schedule.of(Retention.parse(Retention.USUAL), id).phaseMillis();
      perMinute[(int) (phase / 60_000)]++;
    }
    for (int count : perMinute) {
      assertTrue(count > 800 && count < 1200, Arrays.toString(perMinute));
    }
    // Ids that are counted up, as in tests, are spread too.
    var first = Schedule.of(Retention.parse("1h:1"), new ProjectId(new UUID(0, 1)));
    var second = Schedule.of(Retention.parse("1h:1"), new ProjectId(new UUID(0, 2)));
    assertTrue(Math.abs(first.phaseMillis() - second.phaseMillis()) > 1000);
  }
}
