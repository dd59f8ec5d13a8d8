package org.salvusfs.quota.policy;

import java.util.regex.Pattern;
import org.salvusfs.metadata.api.Limits;

/**
 * A hard limit, or how to make one from what is in use: the larger of a multiple and a size. Meant
 * for whoever moves many homes here: {@code 2x,4G} leaves each room to double, and small ones 4
 * GiB.
 *
 * @param times of what is in use; 0: use does not matter
 * @param bytes {@link Limits#UNLIMITED}: no limit
 */
public record QuotaRule(double times, long bytes) {
  private static final Pattern MULTIPLE = Pattern.compile("([0-9]{1,4}(?:\\.[0-9]{1,4})?)x");

  /** No limit. */
  public static final QuotaRule NONE = new QuotaRule(0, Limits.UNLIMITED);

  public QuotaRule {
    if (times < 0 || bytes < 0) {
      throw new IllegalArgumentException("a quota is not negative");
    }
  }

  /**
   * Reads {@code 10G}, {@code 2x}, {@code 2x,4G} or {@code none}.
   *
   * @throws IllegalArgumentException in words for people
   */
  public static QuotaRule parse(String text) {
    if (text.equals("none")) {
      return NONE;
    }
    double times = 0;
    long bytes = 0;
    for (String part : text.split(",", -1)) {
      var multiple = MULTIPLE.matcher(part);
      if (multiple.matches()) {
        times = Math.max(times, Double.parseDouble(multiple.group(1)));
      } else {
        bytes = Math.max(bytes, Sizes.parse(part));
      }
    }
    return new QuotaRule(times, bytes);
  }

  /** Whether the limit depends on what is in use. */
  public boolean needsUse() {
    return times > 0;
  }

  /** The limit for a project that uses so many bytes. */
  public long limit(long usedBytes) {
    return Math.max(bytes, (long) Math.ceil(times * usedBytes));
  }
}
