package org.salvusfs.daemon.vfs;

import java.util.UUID;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Numbers of inodes across projects. For the kernel: {@code ordinal << 40 | inode}, where the
 * ordinal is of one of the trees that this mount shows, each of them a project or a directory as of
 * a snapshot, and 0 is the mount's own top directory. Bit 39 of a project's node makes it the
 * {@code .snapshots} of the directory with that inode, and with bit 38 the {@code NOTICE} in there.
 * Inode numbers, which begin at 1 and are never given out twice, do not come that far.
 *
 * <p>For users: {@code hash << 40 | inode} in a project, where the hash is of the project's id, so
 * that numbers are the same on every host. In a snapshot a hash of 64 bits is added to the inode
 * instead: many snapshots of one project are looked at together, and a file is never to be taken
 * for its own later self.
 */
final class Nodes {
  private static final int INODE_BITS = 40;
  private static final long INODE_MASK = (1L << INODE_BITS) - 1;
  private static final long SNAPSHOTS_BIT = 1L << (INODE_BITS - 1);
  private static final long NOTICE_BIT = 1L << (INODE_BITS - 2);
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

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

  /** Whether the inode part of a node stands for a directory's {@code .snapshots}. */
  static boolean isSnapshots(long inode) {
    return (inode & SNAPSHOTS_BIT) != 0;
  }

  /** The inode part of the {@code .snapshots} of a directory. */
  static long snapshotsOf(long directory) {
    return directory | SNAPSHOTS_BIT;
  }

  /** The directory whose {@code .snapshots} it is, or is in. */
  static long directoryOf(long snapshots) {
    return snapshots & ~(SNAPSHOTS_BIT | NOTICE_BIT);
  }

  /** The inode part of the {@code NOTICE} in a {@code .snapshots}. */
  static long noticeIn(long snapshots) {
    return snapshots | NOTICE_BIT;
  }

  /**
   * Whether the inode part of a {@code .snapshots}, or of what is in it, is of a {@code NOTICE}.
   */
  static boolean isNotice(long snapshots) {
    return isSnapshots(snapshots) && (snapshots & NOTICE_BIT) != 0;
  }

  static Attr attr(int ordinal, Attr attr) {
    return ordinal == 0 ? attr : new Attr(node(ordinal, attr.node()), attr.ino(), attr.item());
  }

  /** What a project's inode numbers begin with for users; never 0, which is the top directory's. */
  static long inoBase(ProjectId project) {
    long hash = mixed(project.uuid()) >>> INODE_BITS;
    return (hash == 0 ? 1 : hash) << INODE_BITS;
  }

  /** What is added to inode numbers for users in the snapshot that was made at that time. */
  static long inoBase(ProjectId project, long snapshotMillis) {
    long mixed = mixed(project.uuid()) + snapshotMillis * GOLDEN;
    mixed = (mixed ^ mixed >>> 29) * GOLDEN;
    return mixed ^ mixed >>> 32;
  }

  private static long mixed(UUID id) {
    return (id.getMostSignificantBits() * 31 + id.getLeastSignificantBits()) * GOLDEN;
  }
}
