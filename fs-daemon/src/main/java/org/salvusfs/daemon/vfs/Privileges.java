package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.function.LongConsumer;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * What a file loses when its owner or, by an ordinary user, its contents change: the setuid bit,
 * its capabilities, and the setgid bit, unless the group may not execute it and who changes it is
 * root or in that group ({@code setattr_should_drop_sgid} in Linux).
 */
final class Privileges {
  private static final byte[] CAPABILITY = "security.capability".getBytes(US_ASCII);
  private static final int EXECUTE_BITS = 0111;

  private final Parts parts;
  private final LongConsumer unasked;

  /**
   * @param unasked hears of inodes that lost some: answers to writes carry no attributes
   */
  Privileges(Parts parts, LongConsumer unasked) {
    this.parts = parts;
    this.unasked = unasked;
  }

  /** The mode without privileges; a directory's bits mean something else and stay. */
  static int without(InodeItem item, Caller caller) {
    int mode = item.mode();
    if ((mode & InodeItem.S_IFMT) == InodeItem.S_IFDIR) {
      return mode;
    }
    boolean keepsSetgid =
        (mode & Linux.S_ISGID) != 0
            && (mode & Linux.S_IXGRP) == 0
            && (caller.isRoot() || ProcessGroups.contain(caller, item.gid()));
    return mode & ~(keepsSetgid ? Linux.S_ISUID : Linux.S_ISUID | Linux.S_ISGID);
  }

  static void dropCapability(Tx tx, long inode) {
    tx.delete(Keys.xattr(inode, CAPABILITY));
  }

  /**
   * Takes a file's privileges away, before contents change under the same lock: an operation of its
   * own, because data operations are not logged and a changed file must never come back with them.
   *
   * @return the inode as it is then
   */
  InodeItem drop(Caller caller, long inode, InodeItem item) throws IOException {
    int mode = without(item, caller);
    boolean mayHaveCapability = (mode & EXECUTE_BITS) != 0;
    boolean changes =
        mode != item.mode()
            || (mayHaveCapability
                && parts.items().view().get(Keys.xattr(inode, CAPABILITY)) != null);
    if (!changes) {
      return item;
    }
    InodeItem dropped =
        item.withMode(mode).withTimes(item.atimeNanos(), item.mtimeNanos(), parts.now());
    try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
      tx.put(Keys.inode(inode), dropped.encode());
      dropCapability(tx, inode);
      tx.apply();
    }
    unasked.accept(inode);
    return dropped;
  }
}
