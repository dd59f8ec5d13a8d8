package org.salvusfs.quota.retention;

import java.time.Instant;
import org.salvusfs.metadata.api.ProjectId;

/**
 * When a project's automatic snapshots are made: at the boundaries between slots as long as the
 * shortest period of its policy. Each project's slots are shifted by a part of their length that
 * its id determines, so that those of many projects are spread evenly over it.
 *
 * @param slotMillis length of a slot
 * @param phaseMillis less than that
 */
public record Schedule(long slotMillis, long phaseMillis) {
  /**
   * That of a project.
   *
   * @throws IllegalArgumentException if the policy is none
   */
  public static Schedule of(Retention policy, ProjectId project) {
    if (policy.isNone()) {
      throw new IllegalArgumentException("there are no automatic snapshots");
    }
    long slot = policy.rules().getFirst().period().toMillis();
    long mixed =
        project.uuid().getMostSignificantBits() * 0x9e3779b97f4a7c15L
            + project.uuid().getLeastSignificantBits() * 0xc2b2ae3d27d4eb4fL;
    return new Schedule(slot, Math.floorMod(mixed ^ (mixed >>> 32), slot));
  }

  /** The number of the slot that a moment is in. */
  public long slot(Instant moment) {
    return Math.floorDiv(moment.toEpochMilli() - phaseMillis, slotMillis);
  }
}
