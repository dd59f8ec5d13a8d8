package org.salvusfs.daemon.cli;

import java.time.Duration;
import java.util.Locale;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.QuotaStatus;
import org.salvusfs.quota.policy.Sizes;
import org.salvusfs.quota.policy.Spans;

/** A project's limits for people. */
final class QuotaText {
  private static final String UNKNOWN = "-";

  private QuotaText() {}

  /** How much of the quota is used, for a table. */
  static String share(ProjectStatus project) {
    Long limit = project.quota().bytes();
    if (limit == null) {
      return UNKNOWN;
    }
    Long used = project.bytes();
    String of = Sizes.text(limit);
    return used == null || limit == 0
        ? of
        : String.format(Locale.ROOT, "%d%% of %s", Math.round(100.0 * used / limit), of);
  }

  /** A limit a line, without a newline at the end. */
  static String of(ProjectStatus project) {
    QuotaStatus quota = project.quota();
    var text = new StringBuilder();
    Long bytes = quota.bytes();
    text.append("quota   ").append(bytes == null ? "none" : Sizes.text(bytes));
    if (bytes != null && quota.reserveBytes() > 0) {
      text.append(", of which root alone may use ").append(Sizes.text(quota.reserveBytes()));
    }
    Long soft = quota.softBytes();
    if (soft != null) {
      var grace = Spans.text(Duration.ofSeconds(quota.graceSeconds()));
      text.append("\nsoft    ").append(Sizes.text(soft)).append(", for ").append(grace);
      if (quota.overSoftSince() != null) {
        text.append(", exceeded since ").append(quota.overSoftSince());
      }
    }
    Long inodes = quota.inodes();
    if (inodes != null) {
      text.append("\ninodes  ");
      text.append(project.inodes() == null ? "" : project.inodes() + " of ").append(inodes);
    }
    return text.toString();
  }
}
