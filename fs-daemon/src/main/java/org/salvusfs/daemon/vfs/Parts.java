package org.salvusfs.daemon.vfs;

import java.util.function.LongSupplier;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.txg.Transactions;

/**
 * What the operations of one open project share.
 *
 * @param wallClock nanoseconds since 1970
 * @param inoBase upper bits of what users see as inode numbers
 */
record Parts(
    Transactions txgs,
    Items items,
    FileContents contents,
    InodeLocks locks,
    LookupCounts lookups,
    Admission admission,
    LongSupplier wallClock,
    Errnos errnos,
    long inoBase) {

  long now() {
    return wallClock.getAsLong();
  }

  long ino(long inode) {
    return inoBase | inode;
  }

  Attr attr(long inode, InodeItem item) {
    return new Attr(inode, ino(inode), item);
  }

  /** The attributes of an inode that the caller is about to be told of, counted as a lookup. */
  Attr lookedUp(long inode, InodeItem item) {
    lookups.add(inode, 1);
    return attr(inode, item);
  }
}
