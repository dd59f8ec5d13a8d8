package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/** Extended attributes in the namespaces that Linux has; what ACLs mean is in {@link Acls}. */
final class Xattrs {
  private static final int NAME_BYTES_MAX = 255;
  private static final int VALUE_BYTES_MAX = 64 << 10;

  /** What listxattr can return at most. */
  private static final int LIST_BYTES_MAX = 64 << 10;

  private static final List<byte[]> PREFIXES =
      List.of(ascii("user."), ascii("trusted."), ascii("security."));

  private final Parts parts;
  private final Items items;

  Xattrs(Parts parts) {
    this.parts = parts;
    this.items = parts.items();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /**
   * Sets one.
   *
   * @param flags 0, XATTR_CREATE or XATTR_REPLACE
   * @param killSetgid with an access ACL, the setgid bit goes
   */
  void set(long inode, byte[] name, byte[] value, int flags, boolean killSetgid)
      throws IOException, FsException, InterruptedException {
    checkName(name);
    @Nullable Acl acl = Acls.isAcl(name) ? Acl.decode(value) : null;
    if (value.length > VALUE_BYTES_MAX) {
      throw new FsException(Errno.E2BIG);
    }
    if (flags != 0 && flags != Linux.XATTR_CREATE && flags != Linux.XATTR_REPLACE) {
      throw new FsException(Errno.EINVAL);
    }
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.inode(inode);
      if (acl != null) {
        Acls.check(item, name);
      }
      boolean exists = items.view().get(Keys.xattr(inode, name)) != null;
      if (exists && flags == Linux.XATTR_CREATE) {
        throw new FsException(Errno.EEXIST);
      }
      if (!exists) {
        if (flags == Linux.XATTR_REPLACE) {
          throw new FsException(Errno.ENODATA);
        }
        if (Reads.xattrNames(items, inode).length + name.length + 1 > LIST_BYTES_MAX) {
          throw new FsException(Errno.ENOSPC);
        }
      }
      try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
        if (acl == null) {
          tx.put(Keys.xattr(inode, name), value);
          putChanged(tx, inode, item);
        } else {
          putChanged(tx, inode, Acls.put(tx, inode, item, name, acl, killSetgid));
        }
        tx.apply();
      }
    }
  }

  void remove(long inode, byte[] name) throws IOException, FsException, InterruptedException {
    checkName(name);
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.inode(inode);
      if (items.view().get(Keys.xattr(inode, name)) == null) {
        throw new FsException(Errno.ENODATA);
      }
      try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
        tx.delete(Keys.xattr(inode, name));
        putChanged(tx, inode, item);
        tx.apply();
      }
    }
  }

  private void putChanged(Tx tx, long inode, InodeItem item) {
    InodeItem changed = item.withTimes(item.atimeNanos(), item.mtimeNanos(), parts.now());
    tx.put(Keys.inode(inode), changed.encode());
  }

  static void checkName(byte[] name) throws FsException {
    if (name.length > NAME_BYTES_MAX) {
      throw new FsException(Errno.ERANGE);
    }
    if (Acls.isAcl(name)) {
      return;
    }
    for (byte[] prefix : PREFIXES) {
      if (name.length >= prefix.length
          && Arrays.equals(prefix, 0, prefix.length, name, 0, prefix.length)) {
        if (name.length == prefix.length) {
          throw new FsException(Errno.EINVAL);
        }
        return;
      }
    }
    throw new FsException(Errno.EOPNOTSUPP);
  }
}
