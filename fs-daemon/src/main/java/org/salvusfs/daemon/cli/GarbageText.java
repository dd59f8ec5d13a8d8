package org.salvusfs.daemon.cli;

import java.util.Objects;
import org.salvusfs.daemon.management.GarbageRun;
import org.salvusfs.quota.policy.Sizes;

/** Garbage runs for people. */
final class GarbageText {
  private GarbageText() {}

  static String size(long bytes) {
    return bytes < 0 ? "-" + Sizes.text(-bytes) : Sizes.text(bytes);
  }

  /** What a run does now. */
  static String progress(GarbageRun run) {
    String share =
        run.total() > 0 ? " " + Math.min(100, run.done() * 100 / run.total()) + " %" : "";
    return switch (run.phase()) {
      case MARKING -> "finding what is in use" + share;
      case WAITING -> "letting readers finish, " + run.seconds() + " s";
      case SWEEPING -> "freeing space" + share;
      case DONE, FAILED, STOPPED -> outcome(run);
    };
  }

  /** What became of a run. */
  static String outcome(GarbageRun run) {
    return switch (run.phase()) {
      case DONE -> freed(Objects.requireNonNull(run.freed()), run.seconds());
      case FAILED -> "the run of " + run.started() + " failed: " + run.failure();
      case STOPPED -> "the run of " + run.started() + " ended with the daemon; run it again";
      case MARKING, WAITING, SWEEPING -> progress(run);
    };
  }

  private static String freed(GarbageRun.Freed freed, long seconds) {
    String text =
        "freed %s in %d s: %d chunks; %d packs deleted, %d rewritten (%s moved); %s in use, %s unused left"
            .formatted(
                size(freed.bytes()),
                seconds,
                freed.chunks(),
                freed.packsDeleted(),
                freed.packsRewritten(),
                size(freed.bytesMoved()),
                size(freed.liveBytes()),
                size(freed.unusedBytes()));
    return freed.packsUnreadable() == 0
        ? text
        : text
            + "\n%d packs hold damage and were left alone; ./salvus check tells what is affected"
                .formatted(freed.packsUnreadable());
  }
}
