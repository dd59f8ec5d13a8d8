package org.salvusfs.daemon.management;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.quota.policy.QuotaRule;

/**
 * Which limits of a project are to change, and to what; null leaves one as it is, {@link
 * Limits#UNLIMITED} removes it.
 */
public record LimitsChange(
    @Nullable QuotaRule quota,
    @Nullable Long softBytes,
    @Nullable Long graceSeconds,
    @Nullable Long inodes,
    @Nullable Long reserveBytes) {
  /**
   * The limits after the change.
   *
   * @param usedBytes what the project uses, for a rule that needs it
   * @throws IllegalArgumentException in words for people, if they contradict each other
   */
  public Limits applied(Limits before, long usedBytes) {
    return new Limits(
        quota == null ? before.hardBytes() : quota.limit(usedBytes),
        Objects.requireNonNullElse(softBytes, before.softBytes()),
        graceSeconds == null ? before.grace() : Duration.ofSeconds(graceSeconds),
        Objects.requireNonNullElse(inodes, before.inodes()),
        Objects.requireNonNullElse(reserveBytes, before.reserveBytes()));
  }
}
