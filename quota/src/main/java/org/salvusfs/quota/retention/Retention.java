package org.salvusfs.quota.retention;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.salvusfs.quota.policy.Spans;

/**
 * How many automatic snapshots of a project stay, as people write it: {@code 15m:4,1h:24,1d:7} is
 * one for each of the last 4 quarters of an hour, 24 hours and 7 days in which there are any. They
 * are made at the shortest of these spans; {@code none} makes none.
 *
 * @param rules by rising period, no two of them the same
 */
public record Retention(List<Rule> rules) {
  /**
   * One of the spans.
   *
   * @param period a whole number of minutes; periods are counted from 1970 in UTC
   * @param count how many stay, at least 1
   */
  public record Rule(Duration period, int count) {}

  /** No automatic snapshots. */
  public static final Retention NONE = new Retention(List.of());

  /** That of projects for which nothing else was said, as text. */
  public static final String USUAL = "15m:4,1h:24,1d:7,1w:4,30d:12";

  private static final String NONE_TEXT = "none";
  private static final int RULES_MAX = 16;
  private static final int COUNT_MAX = 10_000;
  private static final Duration PERIOD_MAX = Duration.ofDays(3660);
  private static final Pattern RULE = Pattern.compile("([^:]+):([0-9]{1,5})");

  public Retention {
    rules = List.copyOf(rules);
  }

  /**
   * Reads a policy.
   *
   * @throws IllegalArgumentException in words for people
   */
  public static Retention parse(String text) {
    if (text.equals(NONE_TEXT)) {
      return NONE;
    }
    var rules = new ArrayList<Rule>();
    for (String each : text.split(",", -1)) {
      rules.add(rule(each.strip()));
    }
    rules.sort(Comparator.comparing(Rule::period));
    for (int i = 1; i < rules.size(); i++) {
      Duration period = rules.get(i).period();
      if (period.equals(rules.get(i - 1).period())) {
        throw new IllegalArgumentException("the period " + text(period) + " is there twice");
      }
    }
    if (rules.size() > RULES_MAX) {
      throw new IllegalArgumentException("a policy has at most " + RULES_MAX + " periods");
    }
    return new Retention(rules);
  }

  private static Rule rule(String text) {
    var match = RULE.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no part of a snapshot policy; write PERIOD:COUNT, such as "
              + USUAL
              + ", or none");
    }
    String span = match.group(1);
    Duration period = Spans.parse(span.endsWith("m") ? span + "in" : span);
    if (period.compareTo(Duration.ofMinutes(1)) < 0
        || period.compareTo(PERIOD_MAX) > 0
        || period.toSeconds() % 60 != 0) {
      throw new IllegalArgumentException(
          "the period "
              + span
              + " is not a whole number of minutes from 1m to "
              + Spans.text(PERIOD_MAX));
    }
    int count = Integer.parseInt(match.group(2));
    if (count < 1 || count > COUNT_MAX) {
      throw new IllegalArgumentException(
          "of each period 1 to " + COUNT_MAX + " snapshots stay, not " + count);
    }
    return new Rule(period, count);
  }

  private static String text(Duration period) {
    String span = Spans.text(period);
    return span.endsWith("min") ? span.substring(0, span.length() - 2) : span;
  }

  /** What {@link #parse} reads as this. */
  public String text() {
    var texts = rules.stream().map(rule -> text(rule.period()) + ":" + rule.count()).toList();
    return texts.isEmpty() ? NONE_TEXT : String.join(",", texts);
  }

  public boolean isNone() {
    return rules.isEmpty();
  }
}
