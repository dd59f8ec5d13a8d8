package org.salvusfs.metadata.lease;

import java.time.Duration;

/**
 * The times of leases. All hosts of a cluster must agree on {@code validFor}.
 *
 * @param renewEvery from the start of one renewal to the start of the next
 * @param retryEvery the same after a renewal that failed
 * @param validFor how long the lease runs from the start of a renewal
 * @param margin what others wait beyond that: for clocks that run at different speeds
 * @param patience how long {@link HostLease#awaitValid} waits
 */
public record LeaseOptions(
    Duration renewEvery,
    Duration retryEvery,
    Duration validFor,
    Duration margin,
    Duration patience) {
  public static final LeaseOptions DEFAULT =
      new LeaseOptions(
          Duration.ofSeconds(3),
          Duration.ofMillis(500),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          Duration.ofSeconds(30));

  public LeaseOptions {
    if (renewEvery.compareTo(validFor) >= 0 || retryEvery.compareTo(validFor) >= 0) {
      throw new IllegalArgumentException(
          "a lease of " + validFor + " cannot be renewed every " + renewEvery);
    }
  }

  /** How long a row must stand still until its host counts as gone, in nanoseconds. */
  long watchNanos() {
    return validFor.plus(margin).toNanos();
  }
}
