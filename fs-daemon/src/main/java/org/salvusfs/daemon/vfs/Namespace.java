package org.salvusfs.daemon.vfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/** Making, linking and removing entries. */
final class Namespace {
  /** As many links as ext4 lets a file have. */
  static final int LINKS_MAX = 65000;

  static final int TARGET_BYTES_MAX = 4095;

  private final Parts parts;
  private final Items items;
  private final Orphans orphans;
  private final Acls acls;

  Namespace(Parts parts, Orphans orphans, Acls acls) {
    this.parts = parts;
    this.items = parts.items();
    this.orphans = orphans;
    this.acls = acls;
  }

  /**
   * Makes an inode of any type and an entry for it.
   *
   * @param mode type and permission bits
   * @param target of a symlink, else null
   */
  Attr make(Caller caller, long parent, byte[] name, int mode, int rdev, byte @Nullable [] target)
      throws IOException, FsException, InterruptedException {
    Names.checkNew(name);
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(parent)) {
      InodeItem directory = items.livingDirectory(parent);
      if (items.entry(parent, name) != null) {
        throw new FsException(Errno.EEXIST);
      }
      Acls.Birth birth = acls.birth(parent, mode, caller.umask());
      InodeItem item = born(caller, parent, directory, birth.mode(), rdev, target);
      try (Reservation room = parts.admission().admit(caller, 0, 1);
          Tx tx = parts.txgs().begin(TxKind.NAMESPACE, room)) {
        long inode = parts.txgs().nextInode();
        tx.put(Keys.inode(inode), item.encode());
        birth.put(tx, inode);
        if (target != null) {
          tx.put(Keys.inline(inode), target);
        }
        putEntry(tx, parent, name, inode, item);
        int subdirectories = item.isDirectory() ? 1 : 0;
        tx.put(Keys.inode(parent), changed(directory, item.btimeNanos(), subdirectories).encode());
        tx.addUsage(0, 1);
        tx.apply();
        return parts.lookedUp(inode, item);
      }
    }
  }

  /** Makes a regular file without an entry: an orphan that {@link #link} may adopt. */
  Attr makeUnnamed(Caller caller, long parent, int mode)
      throws IOException, FsException, InterruptedException {
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().shared(parent)) {
      InodeItem directory = items.livingDirectory(parent);
      Acls.Birth birth = acls.birth(parent, mode, caller.umask());
      InodeItem item = born(caller, parent, directory, birth.mode(), 0, null).withNlink(0);
      try (Reservation room = parts.admission().admit(caller, 0, 1);
          Tx tx = parts.txgs().begin(TxKind.NAMESPACE, room)) {
        long inode = parts.txgs().nextInode();
        birth.put(tx, inode);
        orphans.bear(tx, inode, item);
        tx.addUsage(0, 1);
        tx.apply();
        return parts.lookedUp(inode, item);
      }
    }
  }

  /**
   * A new inode: a directory with the setgid bit hands on its group, and to directories the bit.
   */
  InodeItem born(
      Caller caller,
      long parent,
      InodeItem directory,
      int mode,
      int rdev,
      byte @Nullable [] target) {
    boolean isDirectory = (mode & InodeItem.S_IFMT) == InodeItem.S_IFDIR;
    boolean inherits = (directory.mode() & Linux.S_ISGID) != 0;
    long now = parts.now();
    return new InodeItem(
        inherits && isDirectory ? mode | Linux.S_ISGID : mode,
        caller.uid(),
        inherits ? directory.gid() : caller.gid(),
        isDirectory ? 2 : 1,
        target == null ? 0 : target.length,
        0,
        now,
        now,
        now,
        now,
        rdev,
        parent);
  }

  Attr symlink(Caller caller, long parent, byte[] name, byte[] target)
      throws IOException, FsException, InterruptedException {
    if (target.length == 0) {
      throw new FsException(Errno.ENOENT);
    }
    if (target.length > TARGET_BYTES_MAX) {
      throw new FsException(Errno.ENAMETOOLONG);
    }
    return make(caller, parent, name, InodeItem.S_IFLNK | 0777, 0, target);
  }

  Attr link(long inode, long newParent, byte[] newName)
      throws IOException, FsException, InterruptedException {
    Names.checkNew(newName);
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode, newParent)) {
      InodeItem directory = items.livingDirectory(newParent);
      if (items.entry(newParent, newName) != null) {
        throw new FsException(Errno.EEXIST);
      }
      InodeItem item = items.inode(inode);
      if (item.isDirectory()) {
        throw new FsException(Errno.EPERM);
      }
      if (item.nlink() == 0 && !orphans.isUnnamed(inode)) {
        throw new FsException(Errno.ENOENT);
      }
      if (item.nlink() >= LINKS_MAX) {
        throw new FsException(Errno.EMLINK);
      }
      long now = parts.now();
      InodeItem linked = relinked(item, item.nlink() + 1, now).withParent(newParent);
      try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
        putEntry(tx, newParent, newName, inode, item);
        tx.put(Keys.inode(inode), linked.encode());
        tx.put(Keys.inode(newParent), changed(directory, now, 0).encode());
        if (item.nlink() == 0) {
          orphans.adopt(tx, inode);
        }
        tx.apply();
      }
      if (item.nlink() == 0) {
        orphans.adopted(inode);
      }
      return parts.lookedUp(inode, linked);
    }
  }

  void unlink(long parent, byte[] name) throws IOException, FsException, InterruptedException {
    remove(parent, name, false);
  }

  void rmdir(long parent, byte[] name) throws IOException, FsException, InterruptedException {
    remove(parent, name, true);
  }

  private void remove(long parent, byte[] name, boolean directoryWanted)
      throws IOException, FsException, InterruptedException {
    Names.checkOld(name);
    parts.txgs().awaitRoom(0);
    while (true) {
      DirentItem entry = items.movableEntry(parent, name);
      try (InodeLocks.Held _ = parts.locks().exclusive(parent, entry.inode())) {
        if (!items.isStill(entry, parent, name)) {
          continue;
        }
        InodeItem directory = items.directory(parent);
        InodeItem item = items.inode(parent, entry);
        checkRemovable(entry.inode(), item, directoryWanted);
        long now = parts.now();
        try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
          tx.delete(Keys.dirent(parent, name));
          tx.put(Keys.inode(parent), changed(directory, now, item.isDirectory() ? -1 : 0).encode());
          dropLink(tx, entry.inode(), item, now);
          tx.apply();
        }
      }
      orphans.abandoned(entry.inode());
      return;
    }
  }

  private void checkRemovable(long inode, InodeItem item, boolean directoryWanted)
      throws IOException, FsException {
    if (directoryWanted) {
      if (!item.isDirectory()) {
        throw new FsException(Errno.ENOTDIR);
      }
      items.checkEmpty(inode);
    } else if (item.isDirectory()) {
      throw new FsException(Errno.EISDIR);
    }
  }

  /** Takes a link from an inode; a directory loses all. */
  void dropLink(Tx tx, long inode, InodeItem item, long now) {
    int left = item.isDirectory() ? 0 : item.nlink() - 1;
    InodeItem unlinked = relinked(item, left, now);
    if (left == 0) {
      orphans.abandon(tx, inode, unlinked);
    } else {
      tx.put(Keys.inode(inode), unlinked.encode());
    }
  }

  static void putEntry(Tx tx, long directory, byte[] name, long inode, InodeItem item) {
    int type = (item.mode() & InodeItem.S_IFMT) >> 12;
    tx.put(Keys.dirent(directory, name), new DirentItem(inode, type).encode());
  }

  /** A directory whose entries changed. */
  static InodeItem changed(InodeItem directory, long now, int subdirectories) {
    return directory
        .withNlink(directory.nlink() + subdirectories)
        .withTimes(directory.atimeNanos(), now, now);
  }

  private static InodeItem relinked(InodeItem item, int nlink, long now) {
    return item.withNlink(nlink).withTimes(item.atimeNanos(), item.mtimeNanos(), now);
  }
}
