package org.salvusfs.metadata.log;

import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.ProjectId;

/** Counts a project's epochs, without a store. */
final class Openings {
  static final UUID HOST = new UUID(1, 1);
  static final UUID OTHER_HOST = new UUID(2, 2);
  static final BlockId ROOT = new BlockId(1, 2, 3, 4);

  private final ProjectId project;
  private long epoch;

  Openings(ProjectId project) {
    this.project = project;
  }

  ProjectId project() {
    return project;
  }

  /** The latest epoch, 0 before the first. */
  long epoch() {
    return epoch;
  }

  /** The next epoch, held by {@code host}. */
  Fence acquire(UUID host) {
    epoch++;
    return new Fence(project, epoch, host, new UUID(epoch, 7));
  }
}
