package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;

/**
 * Access control lists of inodes, kept as extended attributes. The kernel enforces them; to the
 * filesystem it leaves that mode and access list say the same, and that new inodes inherit the
 * default list of their directory. Callers hold the lock of the inode, or of its directory.
 */
final class Acls {
  static final byte[] ACCESS = "system.posix_acl_access".getBytes(US_ASCII);
  static final byte[] DEFAULT = "system.posix_acl_default".getBytes(US_ASCII);

  /**
   * What a new inode begins with.
   *
   * @param access what its permission bits cannot say; null if they say all
   * @param byDefault the list that it hands on in turn; null for what is no directory
   */
  record Birth(int mode, @Nullable Acl access, @Nullable Acl byDefault) {
    void put(Tx tx, long inode) {
      if (access != null) {
        tx.put(Keys.xattr(inode, ACCESS), access.encode());
      }
      if (byDefault != null) {
        tx.put(Keys.xattr(inode, DEFAULT), byDefault.encode());
      }
    }
  }

  private final Items items;

  Acls(Items items) {
    this.items = items;
  }

  static boolean isAcl(byte[] name) {
    return Arrays.equals(name, ACCESS) || Arrays.equals(name, DEFAULT);
  }

  /** The default list of its directory limits a new inode; where there is none, the umask does. */
  Birth birth(long directory, int mode, int umask) throws IOException, FsException {
    int type = mode & InodeItem.S_IFMT;
    if (type == InodeItem.S_IFLNK) {
      return new Birth(mode, null, null);
    }
    byte[] value = items.view().get(Keys.xattr(directory, DEFAULT));
    if (value == null) {
      return new Birth(mode & ~(umask & Linux.PERMISSION_BITS), null, null);
    }
    Acl byDefault = Acl.decode(value);
    Acl access = byDefault.inherited(mode);
    return new Birth(
        access.mode(mode),
        access.isMode() ? null : access,
        type == InodeItem.S_IFDIR ? byDefault : null);
  }

  /** After a chmod the access list says what the mode says. */
  void follow(Tx tx, long inode, int mode) throws IOException, FsException {
    byte[] value = items.view().get(Keys.xattr(inode, ACCESS));
    if (value != null) {
      tx.put(Keys.xattr(inode, ACCESS), Acl.decode(value).changed(mode).encode());
    }
  }

  /**
   * Whether the inode may have a list of that name.
   *
   * @throws FsException EOPNOTSUPP for a symlink, EACCES for a default list of what is no directory
   */
  static void check(InodeItem item, byte[] name) throws FsException {
    if (item.isSymlink()) {
      throw new FsException(Errno.EOPNOTSUPP);
    }
    if (Arrays.equals(name, DEFAULT) && !item.isDirectory()) {
      throw new FsException(Errno.EACCES);
    }
  }

  /** Sets a list that {@link #check} has let pass; returns the inode with the mode that follows. */
  static InodeItem put(
      Tx tx, long inode, InodeItem item, byte[] name, Acl acl, boolean killSetgid) {
    if (Arrays.equals(name, DEFAULT)) {
      tx.put(Keys.xattr(inode, DEFAULT), acl.encode());
      return item;
    }
    if (acl.isMode()) {
      tx.delete(Keys.xattr(inode, ACCESS));
    } else {
      tx.put(Keys.xattr(inode, ACCESS), acl.encode());
    }
    int mode = acl.mode(item.mode());
    return item.withMode(killSetgid ? mode & ~Linux.S_ISGID : mode);
  }
}
