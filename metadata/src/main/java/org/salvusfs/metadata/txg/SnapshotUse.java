package org.salvusfs.metadata.txg;

import java.util.List;
import org.salvusfs.metadata.api.Snapshot;

/**
 * The space of a project's snapshots, in logical bytes.
 *
 * @param heldBytes what one or more snapshots have and the live tree has not
 * @param snapshots those that may be used, oldest first
 */
public record SnapshotUse(long heldBytes, List<OfOne> snapshots) {
  /**
   * One of them.
   *
   * @param freedBytes by how much {@code heldBytes} falls if this one alone is deleted; 0 for one
   *     with clones, and for one that several branches began with: it would stay, hidden
   */
  public record OfOne(Snapshot snapshot, long freedBytes) {}

  public SnapshotUse {
    snapshots = List.copyOf(snapshots);
  }
}
