package org.salvusfs.quota.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.metadata.api.Limits;

class PolicyTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "16M, 16777216",
    "1.5K, 1536",
    "10g, 10737418240",
    "2T, 2199023255552",
    "0.0001K, 0"
  })
  void sizes_parse(String text, long bytes) {
    assertEquals(bytes, Sizes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "K", "-1", "1 G", "1GiB", "1e3", "1.G", "9223372036854775807", "9999999999T"})
  void sizes_refuseAllElse(String text) {
    assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1023, 1023",
    "1024, 1K",
    "1536, 1.5K",
    "1048575, 1023K",
    "10737418239, 9.9G",
    "10737418240, 10G",
    "11811160063, 10G",
    "2199023255552, 2T"
  })
  void sizes_textIsNeverRoundedUp(long bytes, String text) {
    assertEquals(text, Sizes.text(bytes));
  }

  @ParameterizedTest
  @CsvSource({"90s, 90", "30min, 1800", "12h, 43200", "7d, 604800", "2w, 1209600", "0s, 0"})
  void spans_parse(String text, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), Spans.parse(text));
  }

  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "60, 1min", "90, 90s", "7200, 2h", "604800, 7d"})
  void spans_text(long seconds, String text) {
    assertEquals(text, Spans.text(Duration.ofSeconds(seconds)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "d", "-1d", "1.5h", "7 d", "1y"})
  void spans_refuseAllElse(String text) {
    assertThrows(IllegalArgumentException.class, () -> Spans.parse(text));
  }

  @Test
  void rule_ofUse_isTheLargerOfMultipleAndSize() {
    var rule = QuotaRule.parse("2x,4G");
    assertTrue(rule.needsUse());
    assertEquals(4L << 30, rule.limit(1L << 30));
    assertEquals(6L << 30, rule.limit(3L << 30));
    assertEquals(rule, QuotaRule.parse("4G,2x"));
    assertEquals(17, QuotaRule.parse("1.5x").limit(11), "rounded up, so that it is enough");
  }

  @Test
  void rule_ofASize_doesNotNeedUse() {
    assertFalse(QuotaRule.parse("10G").needsUse());
    assertEquals(10L << 30, QuotaRule.parse("10G").limit(1L << 50));
    assertEquals(Limits.UNLIMITED, QuotaRule.parse("none").limit(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-2x", "2x,", ",4G", "2x;4G", "none,4G", "2 x"})
  void rule_refusesAllElse(String text) {
    assertThrows(IllegalArgumentException.class, () -> QuotaRule.parse(text));
  }
}
