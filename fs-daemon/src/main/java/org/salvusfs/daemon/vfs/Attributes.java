package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.Objects;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/** Changing inodes: mode, owner, times, size. */
final class Attributes {
  private final Parts parts;
  private final Items items;
  private final Privileges privileges;
  private final Acls acls;

  Attributes(Parts parts, Privileges privileges, Acls acls) {
    this.parts = parts;
    this.items = parts.items();
    this.privileges = privileges;
    this.acls = acls;
  }

  Attr set(Caller caller, long inode, SetAttr change)
      throws IOException, FsException, InterruptedException {
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.inode(inode);
      Long size = change.sizeBytes();
      if (size != null) {
        items.regular(inode, Errno.EINVAL);
        if (size < 0) {
          throw new FsException(Errno.EINVAL);
        }
      }
      if (change.mode() != null || change.uid() != null || change.gid() != null) {
        item = setModeAndOwner(caller, inode, item, change);
      }
      if (change.killSuidgid()) {
        item = privileges.drop(caller, inode, item);
      }
      if (size != null) {
        item = resize(inode, item, size);
      }
      if (change.atimeNanos() != null
          || change.mtimeNanos() != null
          || change.ctimeNanos() != null) {
        item = setTimes(inode, item, change);
      }
      return parts.attr(inode, item);
    }
  }

  private InodeItem setModeAndOwner(Caller caller, long inode, InodeItem item, SetAttr change)
      throws IOException, FsException {
    boolean chown = change.uid() != null || change.gid() != null;
    int mode = chown ? Privileges.without(item, caller) : item.mode();
    if (change.mode() != null) {
      mode = (mode & InodeItem.S_IFMT) | (change.mode() & Linux.MODE_BITS);
    }
    InodeItem set =
        item.withMode(mode)
            .withOwner(
                Objects.requireNonNullElse(change.uid(), item.uid()),
                Objects.requireNonNullElse(change.gid(), item.gid()))
            .withTimes(item.atimeNanos(), item.mtimeNanos(), parts.now());
    try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
      tx.put(Keys.inode(inode), set.encode());
      if (chown) {
        Privileges.dropCapability(tx, inode);
      }
      if (change.mode() != null) {
        acls.follow(tx, inode, mode);
      }
      tx.apply();
    }
    return set;
  }

  /**
   * Sets times. With a change time among them it is the kernel's writeback telling when it took
   * data in: that belongs to the data and travels with it.
   */
  private InodeItem setTimes(long inode, InodeItem item, SetAttr change) throws IOException {
    boolean writeback = change.ctimeNanos() != null && item.isRegular();
    InodeItem set =
        item.withTimes(
            Objects.requireNonNullElse(change.atimeNanos(), item.atimeNanos()),
            Objects.requireNonNullElse(change.mtimeNanos(), item.mtimeNanos()),
            change.ctimeNanos() == null ? parts.now() : change.ctimeNanos());
    try (Tx tx = parts.txgs().begin(writeback ? TxKind.DATA : TxKind.NAMESPACE)) {
      if (writeback) {
        parts.contents().touched(tx, inode, set);
      }
      tx.put(Keys.inode(inode), set.encode());
      tx.apply();
    }
    return set;
  }

  /** Cuts or extends a regular file whose exclusive lock is held. */
  InodeItem resize(long inode, InodeItem item, long sizeBytes) throws IOException {
    try (Tx tx = parts.txgs().begin(TxKind.DATA)) {
      long grown = 0;
      if (sizeBytes != item.sizeBytes()) {
        grown = parts.contents().truncate(tx, inode, item, sizeBytes);
      } else {
        parts.contents().touched(tx, inode, item);
      }
      InodeItem resized = putContents(tx, inode, item, sizeBytes, grown);
      tx.apply();
      return resized;
    }
  }

  /** Puts an inode whose contents a data operation has changed. */
  InodeItem putContents(Tx tx, long inode, InodeItem item, long sizeBytes, long grownBytes) {
    long now = parts.now();
    InodeItem changed =
        item.withSize(sizeBytes, item.allocatedBytes() + grownBytes)
            .withTimes(item.atimeNanos(), now, now);
    tx.put(Keys.inode(inode), changed.encode());
    tx.addUsage(grownBytes, 0);
    return changed;
  }
}
