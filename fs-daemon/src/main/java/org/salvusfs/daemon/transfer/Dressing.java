package org.salvusfs.daemon.transfer;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.posix.LocalFiles;
import org.salvusfs.daemon.posix.LocalFiles.Xattr;
import org.salvusfs.daemon.posix.LocalStat;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Gives inodes of the project the owners, modes, attributes and times of the source, as far as they
 * differ. Thread-safe.
 */
final class Dressing {
  private static final Caller ROOT = new Caller(0, 0, 0, 0);
  private static final int MODE_BITS = 07777;

  private final FileSystem project;

  Dressing(FileSystem project) {
    this.project = project;
  }

  /**
   * Everything, in the order in which one does not undo another: a new owner takes capabilities
   * away, a new mode changes the ACL.
   *
   * @return whether anything was different
   */
  boolean all(long node, byte[] path, LocalStat stat) throws IOException, FsException {
    InodeItem item = project.getattr(node).item();
    boolean changed = ownerAndMode(node, item, stat);
    changed |= xattrs(node, LocalFiles.xattrs(path));
    // Having been read by an earlier import is no difference.
    if (changed || item.mtimeNanos() != stat.mtimeNanos()) {
      set(node, null, null, null, stat.atimeNanos(), stat.mtimeNanos());
      changed = true;
    }
    return changed;
  }

  /** Owner and mode; whether they were different. */
  boolean ownerAndMode(long node, InodeItem item, LocalStat stat) throws FsException {
    boolean otherOwner = item.uid() != stat.uid() || item.gid() != stat.gid();
    int mode = stat.mode() & MODE_BITS;
    boolean otherMode = !stat.isSymlink() && (item.mode() & MODE_BITS) != mode;
    if (otherOwner || otherMode) {
      set(node, stat.isSymlink() ? null : mode, stat.uid(), stat.gid(), null, null);
    }
    return otherOwner || otherMode;
  }

  private void set(
      long node,
      @Nullable Integer mode,
      @Nullable Integer uid,
      @Nullable Integer gid,
      @Nullable Long atimeNanos,
      @Nullable Long mtimeNanos)
      throws FsException {
    project.setattr(
        ROOT, node, new SetAttr(mode, uid, gid, null, atimeNanos, mtimeNanos, null, false));
  }

  private boolean xattrs(long node, List<Xattr> wanted) throws FsException {
    Map<Name, byte[]> there = present(node);
    boolean changed = false;
    for (Xattr each : wanted) {
      byte[] value = there.remove(new Name(each.name()));
      if (value == null || !Arrays.equals(value, each.value())) {
        project.setxattr(ROOT, node, each.name(), each.value(), 0);
        changed = true;
      }
    }
    for (Name unwanted : there.keySet()) {
      project.removexattr(ROOT, node, unwanted.bytes());
      changed = true;
    }
    return changed;
  }

  private Map<Name, byte[]> present(long node) throws FsException {
    var present = new HashMap<Name, byte[]>();
    for (byte[] name : LocalFiles.xattrNames(project.listxattr(node))) {
      present.put(new Name(name), project.getxattr(node, name));
    }
    return present;
  }

  /** A name that is equal to others of the same bytes. */
  private record Name(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name(byte[] those) && Arrays.equals(bytes, those);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }
}
