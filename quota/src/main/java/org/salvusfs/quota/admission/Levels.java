package org.salvusfs.quota.admission;

import java.util.function.Consumer;

/**
 * Which warnings of one resource were given. Each is given when use reaches its level, and again
 * only after use has fallen by {@value #HYSTERESIS_PERCENT} percent of the limit below it, so that
 * use that swings around a level is announced once; likewise for refusals. Not thread-safe.
 */
final class Levels {
  private static final int[] PERCENTS = {80, 90, 95};
  private static final int HYSTERESIS_PERCENT = 5;

  /** Stands for: nothing was refused since use was well below. */
  private static final long NOT_HIT = -1;

  private final Resource resource;

  /** The highest level that was announced and not left since; 0: none. */
  private int announced;

  /** Use at the refusal that was announced. */
  private long usedAtHit = NOT_HIT;

  Levels(Resource resource) {
    this.resource = resource;
  }

  /** What is reached at the beginning was announced before. */
  void begin(long used, long limit) {
    announced = reached(used, limit);
  }

  /** Use is this before anything grows: levels it has left may be announced again. */
  void seen(long used, long limit) {
    while (announced > 0 && percent(used, limit) < announced - HYSTERESIS_PERCENT) {
      announced = below(announced);
    }
    if (used < usedAtHit && percent(usedAtHit - used, limit) >= HYSTERESIS_PERCENT) {
      usedAtHit = NOT_HIT;
    }
  }

  /** Use has grown to this: the highest level that it reached is announced. */
  void grown(long used, long limit, Consumer<Notice> notices) {
    int level = reached(used, limit);
    if (level > announced) {
      announced = level;
      notices.accept(new Notice.Warning(resource, level, used, limit));
    }
  }

  /** Growth was refused. */
  void refused(long asked, long used, long limit, Consumer<Notice> notices) {
    if (usedAtHit == NOT_HIT) {
      usedAtHit = used;
      notices.accept(new Notice.Hit(resource, asked, used, limit));
    }
  }

  /** There is another limit: the next refusal is news. */
  void limitChanged() {
    usedAtHit = NOT_HIT;
  }

  private static int reached(long used, long limit) {
    int level = 0;
    for (int each : PERCENTS) {
      if (percent(used, limit) >= each) {
        level = each;
      }
    }
    return level;
  }

  private static int below(int level) {
    int lower = 0;
    for (int each : PERCENTS) {
      if (each < level) {
        lower = each;
      }
    }
    return lower;
  }

  /** Near 0 where nothing is limited; of a limit of 0 everything is too much. */
  private static double percent(long used, long limit) {
    return limit == 0 ? 100 : 100.0 * used / limit;
  }
}
