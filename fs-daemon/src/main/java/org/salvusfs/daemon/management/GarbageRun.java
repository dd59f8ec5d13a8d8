package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * One collection of garbage.
 *
 * @param number one more than that of the run before, from 1
 * @param started ISO 8601, UTC
 * @param seconds since then, or that it took
 * @param done of the present phase: projects of the marking, bytes of the sweeping
 * @param total of the same, 0 while unknown
 * @param failure one sentence, if it failed
 * @param freed if it is done
 */
public record GarbageRun(
    long number,
    String started,
    long seconds,
    Phase phase,
    long done,
    long total,
    @Nullable String failure,
    @Nullable Freed freed) {

  /** What a run does, or what became of it. */
  public enum Phase {
    /** Finds what is referred to. */
    MARKING,
    /** Lets the grace of readers pass. */
    WAITING,
    SWEEPING,
    DONE,
    FAILED,
    /** The daemon ended meanwhile. */
    STOPPED
  }

  /**
   * What a run brought.
   *
   * @param chunks that are gone
   * @param bytes by which the packs became shorter
   * @param packsDeleted in which nothing was in use
   * @param packsRewritten of which the rest was moved
   * @param bytesMoved in doing so
   * @param liveBytes that are in use
   * @param unusedBytes of garbage that are left for a later run
   * @param packsUnreadable that were left alone because of damage
   */
  public record Freed(
      long chunks,
      long bytes,
      int packsDeleted,
      int packsRewritten,
      long bytesMoved,
      long liveBytes,
      long unusedBytes,
      int packsUnreadable) {}

  /** Whether it is over, one way or the other. */
  public boolean isOver() {
    return switch (phase) {
      case MARKING, WAITING, SWEEPING -> false;
      case DONE, FAILED, STOPPED -> true;
    };
  }
}
