package org.salvusfs.quota.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers of bytes in words: K, M, G, T are powers of 1024. */
public final class Sizes {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{1,9})?)([KMGT]?)");
  private static final String UNITS = "KMGT";
  private static final int BITS_PER_UNIT = 10;

  /** Below this a size is shown with one digit behind the point. */
  private static final long SHORT = 10;

  private Sizes() {}

  /**
   * Reads {@code 4096}, {@code 16M} or {@code 1.5G}; parts of a byte are dropped.
   *
   * @throws IllegalArgumentException in words for people
   */
  public static long parse(String text) {
    var match = SIZE.matcher(text.toUpperCase(Locale.ROOT));
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no size; write one such as 4096, 16M or 1.5G");
    }
    int unit = match.group(2).isEmpty() ? 0 : UNITS.indexOf(match.group(2)) + 1;
    var bytes =
        new BigDecimal(match.group(1))
            .multiply(BigDecimal.valueOf(1L << (unit * BITS_PER_UNIT)))
            .setScale(0, RoundingMode.DOWN);
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0) {
      throw new IllegalArgumentException("\"" + text + "\" is too much");
    }
    return bytes.longValueExact();
  }

  /** About this size: {@code 512}, {@code 1.5K}, {@code 10G}. Never rounded up. */
  public static String text(long bytes) {
    int unit = 0;
    while (unit < UNITS.length() && bytes >>> ((unit + 1) * BITS_PER_UNIT) > 0) {
      unit++;
    }
    if (unit == 0) {
      return Long.toString(bytes);
    }
    long one = 1L << (unit * BITS_PER_UNIT);
    long whole = bytes / one;
    long tenths = (long) ((bytes % one) * 10.0 / one);
    String number = whole < SHORT && tenths > 0 ? whole + "." + tenths : Long.toString(whole);
    return number + UNITS.charAt(unit - 1);
  }
}
