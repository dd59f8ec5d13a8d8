package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * Rename. Up to four inodes are locked: both directories, what moves, and what is in its way. A
 * directory gets another parent only under the rename lock, so that the check that none becomes its
 * own descendant holds until the operation is done.
 */
final class Renames {
  /** A name in a directory, and what it stood for when it was read. */
  private record Place(long directory, byte[] name, @Nullable DirentItem entry) {
    long inode() {
      return entry == null ? directory : entry.inode();
    }

    boolean holdsDirectory() {
      return entry != null && entry.type() == InodeItem.S_IFDIR >> 12;
    }
  }

  private final Parts parts;
  private final Items items;
  private final Namespace namespace;
  private final Orphans orphans;

  /** Taken before inode locks, held through the operation. */
  private final ReentrantLock renameLock = new ReentrantLock();

  Renames(Parts parts, Namespace namespace, Orphans orphans) {
    this.parts = parts;
    this.items = parts.items();
    this.namespace = namespace;
    this.orphans = orphans;
  }

  void rename(Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws IOException, FsException, InterruptedException {
    boolean alone = flags == Linux.RENAME_EXCHANGE;
    if (!alone && (flags & ~(Linux.RENAME_NOREPLACE | Linux.RENAME_WHITEOUT)) != 0) {
      throw new FsException(Errno.EINVAL);
    }
    Names.checkOld(name);
    Names.checkOld(newName);
    parts.txgs().awaitRoom(0);
    while (true) {
      var from = new Place(parent, name, items.movableEntry(parent, name));
      var to = new Place(newParent, newName, items.entry(newParent, newName));
      if (to.entry() == null && Names.isSnapshots(newName)) {
        throw new FsException(Errno.EEXIST);
      }
      boolean movesDirectory =
          parent != newParent
              && (from.holdsDirectory() || (flags == Linux.RENAME_EXCHANGE && to.holdsDirectory()));
      if (movesDirectory) {
        renameLock.lockInterruptibly();
      }
      try {
        if (tryRename(caller, from, to, flags)) {
          return;
        }
      } finally {
        if (movesDirectory) {
          renameLock.unlock();
        }
      }
    }
  }

  /** Returns false if an entry changed before it was locked. */
  private boolean tryRename(Caller caller, Place from, Place to, int flags)
      throws IOException, FsException, InterruptedException {
    try (InodeLocks.Held _ =
        parts.locks().exclusive(from.directory(), to.directory(), from.inode(), to.inode())) {
      if (!items.isStill(from.entry(), from.directory(), from.name())
          || !items.isStill(to.entry(), to.directory(), to.name())) {
        return false;
      }
      InodeItem fromDirectory = items.livingDirectory(from.directory());
      InodeItem toDirectory = items.livingDirectory(to.directory());
      checkPlaces(from, to, flags);
      if (from.entry() == null || from.entry().equals(to.entry())) {
        return true;
      }
      InodeItem item = items.inode(from.directory(), from.entry());
      if (flags == Linux.RENAME_EXCHANGE && to.entry() != null) {
        InodeItem other = items.inode(to.directory(), to.entry());
        exchange(from, fromDirectory, item, to, toDirectory, other);
        return true;
      }
      InodeItem replaced = to.entry() == null ? null : replaceable(item, to, to.entry());
      boolean leavesWhiteout = (flags & Linux.RENAME_WHITEOUT) != 0;
      InodeItem whiteout =
          leavesWhiteout
              ? namespace.born(caller, from.directory(), fromDirectory, InodeItem.S_IFCHR, 0, null)
              : null;
      try (Reservation room = parts.admission().admit(caller, 0, leavesWhiteout ? 1 : 0)) {
        move(room, from, fromDirectory, item, to, toDirectory, replaced, whiteout);
      }
    }
    if (to.entry() != null) {
      orphans.abandoned(to.inode());
    }
    return true;
  }

  private void checkPlaces(Place from, Place to, int flags) throws IOException, FsException {
    if ((flags & Linux.RENAME_NOREPLACE) != 0 && to.entry() != null) {
      throw new FsException(Errno.EEXIST);
    }
    if (flags == Linux.RENAME_EXCHANGE && to.entry() == null) {
      throw new FsException(Errno.ENOENT);
    }
    if (from.directory() == to.directory()) {
      return;
    }
    if (from.holdsDirectory() && isAtOrBelow(to.directory(), from.inode())) {
      throw new FsException(Errno.EINVAL);
    }
    if (to.holdsDirectory() && isAtOrBelow(from.directory(), to.inode())) {
      throw new FsException(flags == Linux.RENAME_EXCHANGE ? Errno.EINVAL : Errno.ENOTEMPTY);
    }
  }

  /** Walks up the tree. The caller holds the rename lock or asks about one that it would move. */
  private boolean isAtOrBelow(long directory, long ancestor) throws IOException, FsException {
    long at = directory;
    while (at != ancestor) {
      if (at == Keys.ROOT_INODE) {
        return false;
      }
      long up = items.directory(at).parent();
      if (up == at) {
        throw new MetadataException.Corrupt("directory " + at + " is its own parent");
      }
      at = up;
    }
    return true;
  }

  /** The inode that {@code item} would replace. */
  private InodeItem replaceable(InodeItem item, Place to, DirentItem entry)
      throws IOException, FsException {
    InodeItem replaced = items.inode(to.directory(), entry);
    if (item.isDirectory()) {
      if (!replaced.isDirectory()) {
        throw new FsException(Errno.ENOTDIR);
      }
      items.checkEmpty(entry.inode());
    } else if (replaced.isDirectory()) {
      throw new FsException(Errno.EISDIR);
    }
    return replaced;
  }

  private void move(
      Reservation room,
      Place from,
      InodeItem fromDirectory,
      InodeItem item,
      Place to,
      InodeItem toDirectory,
      @Nullable InodeItem replaced,
      @Nullable InodeItem whiteout)
      throws IOException {
    long now = parts.now();
    int leaving = item.isDirectory() ? -1 : 0;
    int replacedDirectories = replaced != null && replaced.isDirectory() ? -1 : 0;
    try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE, room)) {
      leave(tx, from, whiteout);
      Namespace.putEntry(tx, to.directory(), to.name(), from.inode(), item);
      putDirectories(
          tx, from, fromDirectory, leaving, to, toDirectory, replacedDirectories - leaving, now);
      putMoved(tx, from.inode(), item, to.directory(), now);
      if (replaced != null) {
        if (item.isRegular()) {
          tx.carryContents(from.inode());
        }
        namespace.dropLink(tx, to.inode(), replaced, now);
      }
      tx.apply();
    }
  }

  /** Takes the entry away, or lets it stand for the whiteout. */
  private void leave(Tx tx, Place from, @Nullable InodeItem whiteout) {
    if (whiteout == null) {
      tx.delete(Keys.dirent(from.directory(), from.name()));
      return;
    }
    long inode = parts.txgs().nextInode();
    tx.put(Keys.inode(inode), whiteout.encode());
    Namespace.putEntry(tx, from.directory(), from.name(), inode, whiteout);
    tx.addUsage(0, 1);
  }

  private void exchange(
      Place from,
      InodeItem fromDirectory,
      InodeItem item,
      Place to,
      InodeItem toDirectory,
      InodeItem other)
      throws IOException {
    long now = parts.now();
    int toGains = (item.isDirectory() ? 1 : 0) - (other.isDirectory() ? 1 : 0);
    try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
      Namespace.putEntry(tx, to.directory(), to.name(), from.inode(), item);
      Namespace.putEntry(tx, from.directory(), from.name(), to.inode(), other);
      putDirectories(tx, from, fromDirectory, -toGains, to, toDirectory, toGains, now);
      putMoved(tx, from.inode(), item, to.directory(), now);
      putMoved(tx, to.inode(), other, from.directory(), now);
      carryExchanged(tx, from, item);
      carryExchanged(tx, to, other);
      tx.apply();
    }
  }

  /** Exchanging is a way of replacing: each file's contents must be there when its name is. */
  private static void carryExchanged(Tx tx, Place place, InodeItem item) {
    if (item.isRegular()) {
      tx.carryContents(place.inode());
    }
  }

  private static void putDirectories(
      Tx tx,
      Place from,
      InodeItem fromDirectory,
      int fromGains,
      Place to,
      InodeItem toDirectory,
      int toGains,
      long now) {
    if (from.directory() == to.directory()) {
      InodeItem changed = Namespace.changed(fromDirectory, now, fromGains + toGains);
      tx.put(Keys.inode(from.directory()), changed.encode());
    } else {
      tx.put(
          Keys.inode(from.directory()), Namespace.changed(fromDirectory, now, fromGains).encode());
      tx.put(Keys.inode(to.directory()), Namespace.changed(toDirectory, now, toGains).encode());
    }
  }

  private static void putMoved(Tx tx, long inode, InodeItem item, long directory, long now) {
    InodeItem moved = item.withTimes(item.atimeNanos(), item.mtimeNanos(), now);
    tx.put(Keys.inode(inode), moved.withParent(directory).encode());
  }
}
