package org.salvusfs.daemon.vfs;

import java.util.List;
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
