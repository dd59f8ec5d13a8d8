package org.salvusfs.metadata.api;

import java.time.Duration;

/**
 * How much a project may use. Bytes are logical ones outside holes; inodes include the project's
 * top directory. {@link #UNLIMITED} stands for the absence of a limit.
 *
 * @param hardBytes nobody gets beyond it
 * @param softBytes users may be beyond it for the time of grace; not above {@code hardBytes}
 * @param grace how long; whole seconds
 * @param inodes nobody gets beyond it
 * @param reserveBytes the last bytes below {@code hardBytes}, which only root may use; not more
 *     than {@code hardBytes}, and without meaning where that is unlimited
 */
public record Limits(
    long hardBytes, long softBytes, Duration grace, long inodes, long reserveBytes) {
  /** No limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The grace of a project for which no other was set. */
  public static final Duration DEFAULT_GRACE = Duration.ofDays(7);

  /** Everything may grow. */
  public static final Limits NONE = new Limits(UNLIMITED, UNLIMITED, DEFAULT_GRACE, UNLIMITED, 0);

  /**
   * @throws IllegalArgumentException in words for people, if the limits contradict each other
   */
  public Limits {
    if (hardBytes < 0 || softBytes < 0 || inodes < 0 || reserveBytes < 0 || grace.isNegative()) {
      throw new IllegalArgumentException("a limit is not negative");
    }
    if (softBytes != UNLIMITED && softBytes > hardBytes) {
      throw new IllegalArgumentException(
          "a soft limit of %d bytes is above the quota of %d bytes"
              .formatted(softBytes, hardBytes));
    }
    if (reserveBytes > hardBytes) {
      throw new IllegalArgumentException(
          "a reserve of %d bytes is more than the quota of %d bytes"
              .formatted(reserveBytes, hardBytes));
    }
  }

  /** What users may fill: the hard limit without the reserve. */
  public long userBytes() {
    return hardBytes == UNLIMITED ? UNLIMITED : hardBytes - reserveBytes;
  }
}
