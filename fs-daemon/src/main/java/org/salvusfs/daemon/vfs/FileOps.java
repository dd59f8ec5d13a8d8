package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/** Contents of regular files. Open files have no state here: the inode's lookup count keeps it. */
final class FileOps {
  /**
   * How much one copy_file_range copies at most, because what is dirty in the source is copied in
   * memory. Callers go on where it stopped.
   */
  private static final long COPY_BYTES_MAX = 4 << 20;

  private final Parts parts;
  private final Items items;
  private final Attributes attributes;
  private final Privileges privileges;
  private final AccessTimes accessTimes;
  private final Holes holes;

  FileOps(Parts parts, Attributes attributes, Privileges privileges, AccessTimes accessTimes) {
    this.parts = parts;
    this.items = parts.items();
    this.attributes = attributes;
    this.privileges = privileges;
    this.accessTimes = accessTimes;
    this.holes = new Holes(parts.contents());
  }

  void open(Caller caller, long inode, int flags)
      throws IOException, FsException, InterruptedException {
    if ((flags & Linux.O_TRUNC) == 0) {
      checkOpenable(items.inode(inode), flags);
      return;
    }
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.inode(inode);
      checkOpenable(item, flags);
      if (!item.isRegular()) {
        throw new FsException(Errno.EISDIR);
      }
      if (caller.uid() != 0) {
        item = privileges.drop(inode, item);
      }
      attributes.resize(inode, item, 0);
    }
  }

  /** Regular files are opened, and directories for reading; the rest is the kernel's to open. */
  private static void checkOpenable(InodeItem item, int flags) throws FsException {
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
      accessTimes.accessed(inode, item);
    }
    return count;
  }

  int write(Caller caller, long inode, long offset, ByteBuffer from, int flags, boolean killSuidgid)
      throws IOException, FsException, InterruptedException {
    int count = from.remaining();
    parts.txgs().awaitRoom(count);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.regular(inode, Errno.EINVAL);
      long start = (flags & Linux.O_APPEND) != 0 ? item.sizeBytes() : offset;
      if (count == 0) {
        return 0;
      }
      long end = end(start, count);
      long growth = parts.contents().growth(inode, item, start, count);
      try (Reservation room = parts.admission().admit(caller, growth, 0)) {
        if (killSuidgid) {
          item = privileges.drop(inode, item);
        }
        try (Tx tx = parts.txgs().begin(TxKind.DATA, room)) {
          long grown = parts.contents().write(tx, inode, item, start, from);
          attributes.putContents(tx, inode, item, Math.max(item.sizeBytes(), end), grown);
          tx.apply();
        }
      }
    }
    if ((flags & Linux.O_DSYNC) != 0) {
      parts.txgs().log(inode);
    }
    return count;
  }

  /** Where a range ends; a file has at most 2^63 - 1 bytes. */
  private static long end(long offset, long length) throws FsException {
    if (offset < 0) {
      throw new FsException(Errno.EINVAL);
    }
    if (length > Long.MAX_VALUE - offset) {
      throw new FsException(Errno.EFBIG);
    }
    return offset + length;
  }

  /** Nothing is ever reserved: allocation extends the file by a hole, the rest makes holes. */
  void fallocate(long inode, int mode, long offset, long length)
      throws IOException, FsException, InterruptedException {
    boolean keepSize = (mode & Linux.FALLOC_KEEP_SIZE) != 0;
    boolean punch =
        switch (mode & ~Linux.FALLOC_KEEP_SIZE) {
          case 0 -> false;
          case Linux.FALLOC_ZERO_RANGE -> true;
          case Linux.FALLOC_PUNCH_HOLE -> {
            if (!keepSize) {
              throw new FsException(Errno.EOPNOTSUPP);
            }
            yield true;
          }
          default -> throw new FsException(Errno.EOPNOTSUPP);
        };
    if (length <= 0) {
      throw new FsException(Errno.EINVAL);
    }
    long end = end(offset, length);
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.regular(inode, Errno.ENODEV);
      if (punch && offset < item.sizeBytes()) {
        item = punch(inode, item, offset, Math.min(end, item.sizeBytes()) - offset);
      }
      if (!keepSize && end > item.sizeBytes()) {
        attributes.resize(inode, item, end);
      }
    }
  }

  private InodeItem punch(long inode, InodeItem item, long offset, long length) throws IOException {
    try (Tx tx = parts.txgs().begin(TxKind.DATA)) {
      long grown = parts.contents().punch(tx, inode, item, offset, length);
      if (grown == 0) {
        parts.contents().touched(tx, inode, item);
      }
      InodeItem punched = attributes.putContents(tx, inode, item, item.sizeBytes(), grown);
      tx.apply();
      return punched;
    }
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

  long copyRange(Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws IOException, FsException, InterruptedException {
    if (fromOffset < 0 || length < 0) {
      throw new FsException(Errno.EINVAL);
    }
    end(toOffset, length);
    parts.txgs().awaitRoom(Math.min(length, COPY_BYTES_MAX));
    try (InodeLocks.Held _ = parts.locks().exclusiveAndShared(to, from)) {
      InodeItem source = items.regular(from, Errno.EINVAL);
      InodeItem target = items.regular(to, Errno.EINVAL);
      long inFile = Math.min(length, source.sizeBytes() - fromOffset);
      if (from == to && Math.abs(toOffset - fromOffset) < inFile) {
        throw new FsException(Errno.EINVAL);
      }
      long count = Math.min(inFile, COPY_BYTES_MAX);
      if (count <= 0) {
        return 0;
      }
      long end = toOffset + count;
      long growth =
          parts
              .contents()
              .shareGrowth(from, source.sizeBytes(), fromOffset, to, target, toOffset, count);
      try (Reservation room = parts.admission().admit(caller, Math.max(0, growth), 0);
          Tx tx = parts.txgs().begin(TxKind.DATA, room)) {
        long grown =
            parts
                .contents()
                .share(tx, from, source.sizeBytes(), fromOffset, to, target, toOffset, count);
        attributes.putContents(tx, to, target, Math.max(target.sizeBytes(), end), grown);
        tx.apply();
      }
      return count;
    }
  }

  /** Makes the file's contents and all earlier namespace changes durable. */
  void sync(long inode) throws IOException {
    parts.txgs().log(inode);
  }
}
