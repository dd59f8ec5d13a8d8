package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.View;

/**
 * A file, or a directory with all below it, as of a commit of a project.
 *
 * @param project whose commit it is
 * @param commit reads the project's tree as of then; the nodes stay for as long as this is used
 * @param path from the project's top; no name: all of it
 */
public record StoredTree(ProjectFileSystem project, View commit, List<byte[]> path) {
  public StoredTree {
    path = List.copyOf(path);
  }

  /**
   * Refuses what is no directory.
   *
   * @throws FsException in words: ENOENT if there is nothing, ENOTDIR if it is something else
   */
  public void requireDirectory() throws IOException, FsException {
    var items = new Items(commit);
    if (!items.inode(items.find(path, "the source")).isDirectory()) {
      throw new FsException(
          Errno.ENOTDIR, "\"%s\" is no directory".formatted(new String(path.getLast(), UTF_8)));
    }
  }

  /** Reads it; the kernel is told of none of its inodes. */
  ReadParts parts() {
    return new ReadParts(
        new Items(commit),
        project.snapshots().contents(commit),
        new InodeLocks(),
        LookupCounts.of(ProjectState.unknown(project.id()).lookups()),
        project.errnos(),
        project.ino(0));
  }
}
