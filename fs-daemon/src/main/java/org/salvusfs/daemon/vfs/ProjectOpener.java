package org.salvusfs.daemon.vfs;

import java.io.IOException;
import org.salvusfs.metadata.api.Project;

/** Opens projects for a mount. Thread-safe, but never called twice at once for one project. */
@FunctionalInterface
public interface ProjectOpener {
  /**
   * Makes the project usable by this host: acquires it and replays its log. Blocks.
   *
   * @param known what the kernel uses of it already
   * @return a filesystem whose nodes are the project's inode numbers
   * @throws IOException if another host holds the project, or a store does not answer
   */
  ProjectFileSystem open(Project project, ProjectState known) throws IOException;
}
