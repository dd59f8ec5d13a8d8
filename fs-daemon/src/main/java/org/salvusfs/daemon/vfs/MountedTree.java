package org.salvusfs.daemon.vfs;

import java.time.Instant;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;

/** What a mount shows below its top directory; {@code ordinal} is 1 or more. */
sealed interface MountedTree {
  int ordinal();

  /** The project, also of a snapshot, or that has the link. */
  ProjectFileSystem home();

  /** Serves an inode, given as the lower part of its node. */
  FileSystem serving(long inode);

  /** A project, with its snapshots. */
  record Live(int ordinal, ProjectFileSystem fileSystem, SnapshotsDirectory snapshots)
      implements MountedTree {
    @Override
    public ProjectFileSystem home() {
      return fileSystem;
    }

    @Override
    public FileSystem serving(long inode) {
      return Nodes.isSnapshots(inode) ? snapshots : fileSystem;
    }
  }

  /** What a link in a project shows. */
  record Linked(int ordinal, Live project, LinkedFileSystem fileSystem) implements MountedTree {
    /** What users see as the inode number of the directory that has the link. */
    long inoAbove() throws FsException {
      long at = fileSystem.at();
      return project.fileSystem().ino(project.fileSystem().getattr(at).item().parent());
    }

    @Override
    public ProjectFileSystem home() {
      return project.fileSystem();
    }

    @Override
    public FileSystem serving(long inode) {
      return fileSystem;
    }
  }

  /**
   * A directory as of a snapshot, with all below it.
   *
   * @param created tells the project's snapshots apart
   * @param top the directory
   */
  record Past(int ordinal, Live project, Instant created, long top, SnapshotFileSystem fileSystem)
      implements MountedTree {
    @Override
    public ProjectFileSystem home() {
      return project.fileSystem();
    }

    @Override
    public FileSystem serving(long inode) {
      return fileSystem;
    }
  }
}
