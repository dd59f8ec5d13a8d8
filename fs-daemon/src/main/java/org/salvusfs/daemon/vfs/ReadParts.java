package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.metadata.item.InodeItem;

/**
 * What the operations that only read share, in a live project and in a snapshot.
 *
 * @param inoBase what users see as the inode number is this and the inode's own number added up
 */
record ReadParts(
    Items items,
    FileContents contents,
    InodeLocks locks,
    LookupCounts lookups,
    Errnos errnos,
    long inoBase) {

  long ino(long inode) {
    return inoBase + inode;
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
