package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.data.CopySource;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * Changing contents of regular files. Open files have no state here: the inode's lookup count keeps
 * it.
 */
final class FileOps {
  /**
   * How much one copy_file_range copies at most, because what is dirty in the source is copied in
   * memory. Callers go on where it stopped.
   */
  private static final long COPY_BYTES_MAX = 4 << 20;

  /** How much of an allocation is done in one step, which holds the file's lock. */
  private static final long RESERVE_BYTES_MAX = 1 << 30;

  private final Parts parts;
  private final LongSupplier freeBytes;
  private final Items items;
  private final Attributes attributes;
  private final Privileges privileges;

  /**
   * @param freeBytes on the disk of the chunk store
   */
  FileOps(Parts parts, LongSupplier freeBytes, Attributes attributes, Privileges privileges) {
    this.parts = parts;
    this.freeBytes = freeBytes;
    this.items = parts.items();
    this.attributes = attributes;
    this.privileges = privileges;
  }

  /** Opens and cuts. */
  void truncate(Caller caller, long inode, int flags)
      throws IOException, FsException, InterruptedException {
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.inode(inode);
      Reads.checkOpenable(item, flags);
      if (!item.isRegular()) {
        throw new FsException(Errno.EISDIR);
      }
      if (caller.uid() != 0) {
        item = privileges.drop(caller, inode, item);
      }
      attributes.resize(inode, item, 0);
    }
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
          item = privileges.drop(caller, inode, item);
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

  /**
   * What is allocated counts as data from then on; KEEP_SIZE allocates nothing behind the file's
   * end. What cannot fit as a whole is refused as a whole, whoever asks; when others take the room
   * meanwhile, a part stays allocated, as elsewhere.
   */
  void fallocate(Caller caller, long inode, int mode, long offset, long length)
      throws IOException, FsException, InterruptedException {
    boolean keepSize = (mode & Linux.FALLOC_KEEP_SIZE) != 0;
    int what = mode & ~Linux.FALLOC_KEEP_SIZE;
    if (what != 0
        && what != Linux.FALLOC_ZERO_RANGE
        && !(what == Linux.FALLOC_PUNCH_HOLE && keepSize)) {
      throw new FsException(Errno.EOPNOTSUPP);
    }
    if (length <= 0) {
      throw new FsException(Errno.EINVAL);
    }
    long end = end(offset, length);
    if (what == Linux.FALLOC_PUNCH_HOLE) {
      punch(inode, offset, end);
      return;
    }
    boolean zeroed = what == Linux.FALLOC_ZERO_RANGE;
    long at = offset;
    while (at < end) {
      at = reserve(caller, inode, at, end, zeroed, keepSize);
    }
  }

  /**
   * Allocates the first {@link #RESERVE_BYTES_MAX} of a range.
   *
   * @return where to go on, {@code end} if nothing is left to do
   */
  private long reserve(
      Caller caller, long inode, long from, long end, boolean zeroed, boolean keepSize)
      throws IOException, FsException, InterruptedException {
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.regular(inode, Errno.ENODEV);
      requireRoom(inode, item, from, end);
      long last = keepSize ? Math.min(end, item.sizeBytes()) : end;
      long to = from + Math.min(last - from, RESERVE_BYTES_MAX);
      long growth = from < to ? parts.contents().growth(inode, item, from, to - from) : 0;
      try (Reservation room = parts.admission().admit(caller, growth, 0);
          Tx tx = parts.txgs().begin(TxKind.DATA, room)) {
        long grown = 0;
        if (from < to) {
          grown = parts.contents().reserve(tx, inode, item, from, to - from, zeroed);
        } else {
          parts.contents().touched(tx, inode, item);
        }
        attributes.putContents(tx, inode, item, Math.max(item.sizeBytes(), to), grown);
        tx.apply();
      }
      return to < last ? to : end;
    }
  }

  private void requireRoom(long inode, InodeItem item, long offset, long end)
      throws IOException, FsException {
    long quota = parts.admission().room().bytesFree();
    long disk = freeBytes.getAsLong();
    if (end - offset <= Math.min(quota, disk)) {
      return;
    }
    long wanted = parts.contents().growth(inode, item, offset, end - offset);
    if (wanted > Math.min(quota, disk)) {
      throw new FsException(wanted > quota ? Errno.EDQUOT : Errno.ENOSPC);
    }
  }

  private void punch(long inode, long offset, long end)
      throws IOException, FsException, InterruptedException {
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      InodeItem item = items.regular(inode, Errno.ENODEV);
      if (offset >= item.sizeBytes()) {
        return;
      }
      try (Tx tx = parts.txgs().begin(TxKind.DATA)) {
        long length = Math.min(end, item.sizeBytes()) - offset;
        long grown = parts.contents().punch(tx, inode, item, offset, length);
        if (grown == 0) {
          parts.contents().touched(tx, inode, item);
        }
        attributes.putContents(tx, inode, item, item.sizeBytes(), grown);
        tx.apply();
      }
    }
  }

  long copyRange(Caller caller, long from, long fromOffset, long to, long toOffset, long length)
      throws IOException, FsException, InterruptedException {
    checkRanges(fromOffset, toOffset, length);
    parts.txgs().awaitRoom(Math.min(length, COPY_BYTES_MAX));
    try (InodeLocks.Held _ = parts.locks().exclusiveAndShared(to, from)) {
      long sizeBytes = items.regular(from, Errno.EINVAL).sizeBytes();
      if (from == to
          && Math.abs(toOffset - fromOffset) < Math.min(length, sizeBytes - fromOffset)) {
        throw new FsException(Errno.EINVAL);
      }
      long count = Math.min(length, COPY_BYTES_MAX);
      return share(
          caller, parts.contents().source(from, sizeBytes, fromOffset, count), to, toOffset);
    }
  }

  /**
   * Copies from a file as of a snapshot.
   *
   * @param past the snapshot's
   */
  long copyRangeFrom(
      Caller caller,
      ReadParts past,
      long from,
      long fromOffset,
      long to,
      long toOffset,
      long length)
      throws IOException, FsException, InterruptedException {
    checkRanges(fromOffset, toOffset, length);
    parts.txgs().awaitRoom(Math.min(length, COPY_BYTES_MAX));
    long sizeBytes = past.items().regular(from, Errno.EINVAL).sizeBytes();
    long count = Math.min(length, COPY_BYTES_MAX);
    CopySource source = past.contents().source(from, sizeBytes, fromOffset, count);
    try (InodeLocks.Held _ = parts.locks().exclusive(to)) {
      return share(caller, source, to, toOffset);
    }
  }

  private static void checkRanges(long fromOffset, long toOffset, long length) throws FsException {
    if (fromOffset < 0 || length < 0) {
      throw new FsException(Errno.EINVAL);
    }
    end(toOffset, length);
  }

  /** With the target's lock. */
  private long share(Caller caller, CopySource source, long to, long toOffset)
      throws IOException, FsException {
    InodeItem target = items.regular(to, Errno.EINVAL);
    long count = source.lengthBytes();
    if (count == 0) {
      return 0;
    }
    long growth = parts.contents().shareGrowth(source, to, target, toOffset);
    try (Reservation room = parts.admission().admit(caller, Math.max(0, growth), 0);
        Tx tx = parts.txgs().begin(TxKind.DATA, room)) {
      long grown = parts.contents().share(tx, source, to, target, toOffset);
      attributes.putContents(tx, to, target, Math.max(target.sizeBytes(), toOffset + count), grown);
      tx.apply();
    }
    return count;
  }

  /** Makes the file's contents and all earlier namespace changes durable. */
  void sync(long inode) throws IOException {
    parts.txgs().log(inode);
  }
}
