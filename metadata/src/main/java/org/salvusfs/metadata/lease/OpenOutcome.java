package org.salvusfs.metadata.lease;

import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HostRow;

/** What came of asking for a project. */
public sealed interface OpenOutcome {
  /**
   * This process holds the project.
   *
   * @param before the head that was replaced: root and txg to go on from
   */
  record Opened(Fence fence, Head before) implements OpenOutcome {}

  /** Another host holds the project, and lives. */
  record HeldElsewhere(HostRow holder) implements OpenOutcome {}
}
