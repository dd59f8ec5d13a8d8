package org.salvusfs.daemon.vfs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** The operations that change nothing, of a live project and of a snapshot. */
final class Reads {
  private final ReadParts parts;
  private final Items items;
  private final Accesses accesses;
  private final Holes holes;

  Reads(ReadParts parts, Accesses accesses) {
    this.parts = parts;
    this.items = parts.items();
    this.accesses = accesses;
    this.holes = new Holes(parts.contents());
  }

  Attr lookup(long parent, byte[] name) throws IOException, FsException, InterruptedException {
    Names.checkLength(name);
    if (Names.isDot(name)) {
      return lookupAgain(parent);
    }
    if (Names.isDotDot(name)) {
      return lookupAgain(items.directory(parent).parent());
    }
    try (InodeLocks.Held _ = parts.locks().shared(parent)) {
      DirentItem entry = items.existingEntry(parent, name);
      return parts.lookedUp(entry.inode(), items.inode(parent, entry));
    }
  }

  /** An inode by its number alone; one that is unlinked may be reaped, and is found no more. */
  Attr lookupAgain(long inode) throws IOException, FsException, InterruptedException {
    try (InodeLocks.Held _ = parts.locks().shared(inode)) {
      InodeItem item = items.inode(inode);
      if (item.nlink() == 0) {
        throw new FsException(Errno.ESTALE);
      }
      return parts.lookedUp(inode, item);
    }
  }

  Attr attr(long inode) throws IOException, FsException {
    return parts.attr(inode, items.inode(inode));
  }

  byte[] readlink(long inode) throws IOException, FsException {
    InodeItem item = items.inode(inode);
    if (!item.isSymlink()) {
      throw new FsException(Errno.EINVAL);
    }
    byte[] target = items.view().get(Keys.inline(inode));
    if (target == null) {
      throw new FsException(Errno.ESTALE);
    }
    accesses.accessed(inode, item);
    return target;
  }

  /** Regular files are opened, and directories for reading; the rest is the kernel's to open. */
  static void checkOpenable(InodeItem item, int flags) throws FsException {
    if (item.isRegular()) {
      return;
    }
    if (!item.isDirectory()) {
      throw new FsException(item.isSymlink() ? Errno.ELOOP : Errno.ENXIO);
    }
    if ((flags & Linux.O_ACCMODE) != 0) {
      throw new FsException(Errno.EISDIR);
    }
  }

  /** Opens what is not to be cut. */
  void open(long inode, int flags) throws IOException, FsException {
    checkOpenable(items.inode(inode), flags);
  }

  /**
   * Reads.
   *
   * @param notesAccess whether the access time may change
   */
  int read(long inode, long offset, ByteBuffer into, boolean notesAccess)
      throws IOException, FsException, InterruptedException {
    if (offset < 0) {
      throw new FsException(Errno.EINVAL);
    }
    InodeItem item;
    int count;
    try (InodeLocks.Held _ = parts.locks().shared(inode)) {
      item = items.regular(inode, Errno.EINVAL);
      count = parts.contents().read(inode, item.sizeBytes(), offset, into);
    }
    if (notesAccess) {
      accesses.accessed(inode, item);
    }
    return count;
  }

  long lseek(long inode, long offset, int whence)
      throws IOException, FsException, InterruptedException {
    if (whence != Linux.SEEK_DATA && whence != Linux.SEEK_HOLE) {
      throw new FsException(Errno.EINVAL);
    }
    try (InodeLocks.Held _ = parts.locks().shared(inode)) {
      InodeItem item = items.regular(inode, Errno.EINVAL);
      long size = item.sizeBytes();
      if (offset < 0 || offset >= size) {
        throw new FsException(Errno.ENXIO);
      }
      long found =
          whence == Linux.SEEK_DATA
              ? holes.data(inode, size, offset)
              : holes.hole(inode, size, offset);
      if (found < 0) {
        throw new FsException(Errno.ENXIO);
      }
      return found;
    }
  }

  byte[] xattr(long inode, byte[] name) throws IOException, FsException {
    Xattrs.checkName(name);
    byte[] value = items.view().get(Keys.xattr(inode, name));
    if (value == null) {
      throw new FsException(Errno.ENODATA);
    }
    return value;
  }

  byte[] xattrNames(long inode) throws IOException, InterruptedException {
    try (InodeLocks.Held _ = parts.locks().shared(inode)) {
      return xattrNames(items, inode);
    }
  }

  /** The names of an inode's extended attributes, each with a NUL behind it. */
  static byte[] xattrNames(Items items, long inode) throws IOException {
    var names = new ByteArrayOutputStream();
    Cursor cursor = items.view().scan(Keys.first(inode, Keys.XATTR), Keys.end(inode, Keys.XATTR));
    while (cursor.next()) {
      names.writeBytes(Keys.suffix(cursor.key()));
      names.write(0);
    }
    return names.toByteArray();
  }
}
