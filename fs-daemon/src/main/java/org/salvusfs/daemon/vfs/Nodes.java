package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Numbers of inodes across projects. For the kernel: {@code ordinal << 40 | inode}, where the
 * ordinal counts the projects that this mount has opened and 0 is the mount's own top directory.
 * For users: {@code hash << 40 | inode}, where the hash is of the project's id, so that numbers are
 * the same on every host.
 */
final class Nodes {
  private static final int INODE_BITS = 40;
  private static final long INODE_MASK = (1L << INODE_BITS) - 1;

  /** Ordinals and hashes have 24 bits. */
  static final int ORDINAL_MAX = (1 << 24) - 1;

  private Nodes() {}

  static long node(int ordinal, long inode) {
    return (long) ordinal << INODE_BITS | inode;
  }

  static int ordinal(long node) {
    return (int) (node >>> INODE_BITS);
  }

  static long inode(long node) {
    return node & INODE_MASK;
  }

  static Attr attr(int ordinal, Attr attr) {
    return ordinal == 0 ? attr : new Attr(node(ordinal, attr.node()), attr.ino(), attr.item());
  }

  /** What a project's inode numbers begin with for users; never 0, which is the top directory's. */
  static long inoBase(ProjectId project) {
    long mixed =
        (project.uuid().getMostSignificantBits() * 31 + project.uuid().getLeastSignificantBits())
            * 0x9e3779b97f4a7c15L;
    long hash = mixed >>> INODE_BITS;
    return (hash == 0 ? 1 : hash) << INODE_BITS;
  }
}
