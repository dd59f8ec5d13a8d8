package org.salvusfs.daemon.management;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One verification of all packs of this host.
 *
 * @param started ISO 8601, UTC
 * @param ended likewise; null: it is under way
 * @param bytes of records read so far
 * @param totalBytes estimate of all
 * @param blocks of them that are intact
 * @param damage what was found, as much of it as is listed
 * @param unlisted how many more damaged places there are
 * @param failure one sentence, if it ended before its time
 */
public record ScrubReport(
    String started,
    @Nullable String ended,
    long bytes,
    long totalBytes,
    long blocks,
    List<Damage> damage,
    long unlisted,
    @Nullable String failure) {

  /**
   * A place that is not what was written.
   *
   * @param pack name of the pack's file
   * @param offset in that file, in bytes
   * @param block id of the block that is affected; null if that cannot be told
   * @param reason one clause
   */
  public record Damage(String pack, long offset, @Nullable String block, String reason) {}

  /** Whether it is over, one way or the other. */
  public boolean isOver() {
    return ended != null;
  }

  /** Whether it found nothing so far. */
  public boolean isClean() {
    return damage.isEmpty();
  }
}
