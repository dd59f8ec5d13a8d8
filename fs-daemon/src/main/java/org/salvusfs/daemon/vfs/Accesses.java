package org.salvusfs.daemon.vfs;

import org.salvusfs.metadata.item.InodeItem;

/** Hears of accesses to inodes. */
@FunctionalInterface
interface Accesses {
  /** Where nothing changes, nothing is noted. */
  Accesses UNNOTED = (inode, seen) -> {};

  /**
   * An access has succeeded and stays so.
   *
   * @param seen the inode as the access found it; its lock is not held any more
   */
  void accessed(long inode, InodeItem seen);
}
