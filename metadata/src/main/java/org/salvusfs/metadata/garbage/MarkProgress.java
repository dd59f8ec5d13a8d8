package org.salvusfs.metadata.garbage;

import java.util.concurrent.CancellationException;

/** Hears how far the marking has come, on its thread, and may end it. */
@FunctionalInterface
public interface MarkProgress {
  /**
   * A node was read or a project is done.
   *
   * @param nodes read so far
   * @param projectsDone of this pass
   * @param projects of the cluster
   * @throws CancellationException to end the collection
   */
  void at(long nodes, int projectsDone, int projects);
}
