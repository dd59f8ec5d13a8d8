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
 */
record Parts(ReadParts reads, Transactions txgs, Admission admission, LongSupplier wallClock) {

  Items items() {
    return reads.items();
  }

  FileContents contents() {
    return reads.contents();
  }

  InodeLocks locks() {
    return reads.locks();
  }

  LookupCounts lookups() {
    return reads.lookups();
  }

  Errnos errnos() {
    return reads.errnos();
  }

  long now() {
    return wallClock.getAsLong();
  }

  Attr attr(long inode, InodeItem item) {
    return reads.attr(inode, item);
  }

  Attr lookedUp(long inode, InodeItem item) {
    return reads.lookedUp(inode, item);
  }
}
