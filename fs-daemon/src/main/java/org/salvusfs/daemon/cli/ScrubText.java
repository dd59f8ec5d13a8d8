package org.salvusfs.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.ScrubReport;
import org.salvusfs.daemon.management.ScrubStatus;
import org.salvusfs.quota.policy.Sizes;

/** Scrubs for people. */
final class ScrubText {
  private ScrubText() {}

  /** Several lines, without a newline at the end. */
  static String of(ScrubStatus status) {
    var lines = new ArrayList<String>();
    @Nullable ScrubReport last = status.last();
    if (last != null) {
      lines.add(
          "the scrub of %s ended %s: %s"
              .formatted(
                  last.started(),
                  last.ended(),
                  last.failure() == null ? read(last) : "it failed: " + last.failure()));
      addDamage(last, lines);
    }
    @Nullable ScrubReport running = status.running();
    if (running != null) {
      lines.add("the scrub of %s is %s".formatted(running.started(), progress(running)));
      addDamage(running, lines);
    } else {
      lines.add(status.due() == null ? "none begins by itself" : "the next begins " + status.due());
    }
    return String.join("\n", lines);
  }

  /** How far one is that is under way. */
  static String progress(ScrubReport report) {
    String share =
        report.totalBytes() > 0
            ? ", " + Math.min(100, report.bytes() * 100 / report.totalBytes()) + " %"
            : "";
    return "under way: " + read(report) + share;
  }

  private static String read(ScrubReport report) {
    return "%s read, %d blocks intact, %s"
        .formatted(
            Sizes.text(report.bytes()),
            report.blocks(),
            report.isClean()
                ? "no damage"
                : (report.damage().size() + report.unlisted()) + " damaged");
  }

  private static void addDamage(ScrubReport report, List<String> lines) {
    for (var damage : report.damage()) {
      lines.add(
          "  %s at %d%s: %s"
              .formatted(
                  damage.pack(),
                  damage.offset(),
                  damage.block() == null ? "" : ", block " + damage.block(),
                  damage.reason()));
    }
    if (report.unlisted() > 0) {
      lines.add("  and " + report.unlisted() + " more");
    }
    if (!report.isClean()) {
      lines.add("  ./salvus check P tells which files of a project are affected");
    }
  }
}
