package org.salvusfs.metadata.snapshot;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.snapshot.FileChange.Kind;

/** What is known of one inode while two trees are compared. Of one thread. */
final class Draft {
  final long inode;
  @Nullable InodeItem before;
  @Nullable InodeItem after;

  /** Whether the INODE item was among what differs; otherwise both are as in either tree. */
  boolean isInodeKnown;

  /** Whether contents or an extended attribute differ. */
  boolean isMoreThanInode;

  long bytesWritten;
  final TreeSet<Place> lost = new TreeSet<>();
  final TreeSet<Place> gained = new TreeSet<>();

  Draft(long inode) {
    this.inode = inode;
  }

  /** An inode without a name is not there for its user, though a program may have it open. */
  private static boolean isThere(@Nullable InodeItem item) {
    return item != null && item.nlink() > 0;
  }

  /** What happened, or null if nothing that a user would call a change. */
  @Nullable Kind kind() {
    if (!isThere(before)) {
      return isThere(after) ? Kind.ADDED : null;
    }
    if (!isThere(after)) {
      return Kind.REMOVED;
    }
    if (!lost.isEmpty() && !gained.isEmpty()) {
      return Kind.RENAMED;
    }
    return isMoreThanInode || differ(before, after) ? Kind.CHANGED : null;
  }

  private static boolean differ(@Nullable InodeItem a, @Nullable InodeItem b) {
    if (a == null || b == null) {
      return true;
    }
    if (a.mode() != b.mode() || a.uid() != b.uid() || a.gid() != b.gid()) {
      return true;
    }
    return !b.isDirectory()
        && (a.sizeBytes() != b.sizeBytes()
            || a.mtimeNanos() != b.mtimeNanos()
            || a.nlink() != b.nlink()
            || a.rdev() != b.rdev());
  }
}
