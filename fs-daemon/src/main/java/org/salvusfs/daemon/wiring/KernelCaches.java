package org.salvusfs.daemon.wiring;

import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.metadata.api.ProjectId;

/** Has the kernel forget what it keeps of a project, as far as it was told of it. Thread-safe. */
final class KernelCaches implements ProjectFileSystem.Changes {
  private final Daemon.Mounted mounted;
  private final ProjectId project;

  KernelCaches(Daemon.Mounted mounted, ProjectId project) {
    this.mounted = mounted;
    this.project = project;
  }

  @Override
  public void name(long directory, byte[] name) {
    long node = mounted.fileSystem().nodeInUse(project, directory);
    if (node != 0) {
      mounted.mount().invalidateEntry(node, name);
    }
  }

  @Override
  public void inode(long inode) {
    forget(inode, 0);
  }

  /** Its attributes are others, its contents the same. Whoever serves a request for it may call. */
  void attributes(long inode) {
    forget(inode, -1);
  }

  private void forget(long inode, long offset) {
    long node = mounted.fileSystem().nodeInUse(project, inode);
    if (node != 0) {
      mounted.mount().invalidateNode(node, offset, 0);
    }
  }
}
