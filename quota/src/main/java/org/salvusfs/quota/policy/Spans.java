package org.salvusfs.quota.policy;

import java.time.Duration;
import java.util.regex.Pattern;

/** Spans of time in words. */
public final class Spans {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,6})(min|s|h|d|w)");
  private static final int DAYS_PER_WEEK = 7;

  private Spans() {}

  /**
   * Reads {@code 90s}, {@code 30min}, {@code 12h}, {@code 7d} or {@code 2w}.
   *
   * @throws IllegalArgumentException in words for people
   */
  public static Duration parse(String text) {
    var match = SPAN.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no span of time; write one such as 30min, 12h, 7d or 2w");
    }
    long count = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "min" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofDays(Math.multiplyExact(count, DAYS_PER_WEEK));
    };
  }

  /** Exactly this span, in the largest unit that fits; a week is seven days. */
  public static String text(Duration span) {
    long seconds = span.toSeconds();
    if (seconds > 0 && seconds % Duration.ofDays(1).toSeconds() == 0) {
      return span.toDays() + "d";
    }
    if (seconds > 0 && seconds % Duration.ofHours(1).toSeconds() == 0) {
      return span.toHours() + "h";
    }
    return seconds > 0 && seconds % Duration.ofMinutes(1).toSeconds() == 0
        ? span.toMinutes() + "min"
        : seconds + "s";
  }
}
