package org.salvusfs.daemon.vfs;

import java.util.List;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What the kernel uses of an open project, and knows by number: enough to open the project in
 * another process and go on. Files have no handles of their own; locks are the kernel's.
 *
 * @param lookups each inode in use and how often the kernel was told of it, one after the other;
 *     unlinked inodes in it keep their contents
 * @param lastHandle of a directory; no smaller one is given out again
 * @param directories those that are open
 */
public record ProjectState(
    ProjectId project, long[] lookups, long lastHandle, List<OpenDirectory> directories) {
  public ProjectState {
    directories = List.copyOf(directories);
  }

  /**
   * An opened directory.
   *
   * @param names handed out so far; the cookie of the first is 3
   */
  public record OpenDirectory(long handle, long inode, List<byte[]> names) {
    public OpenDirectory {
      names = List.copyOf(names);
    }
  }

  /** Of a project that the kernel knows nothing of. */
  public static ProjectState unknown(ProjectId project) {
    return new ProjectState(project, new long[0], 0, List.of());
  }
}
