package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * Access times by the rules of relatime, riding along: an access is noted only while the project
 * has other changes to commit. Otherwise nothing is remembered, and the next access that is due is
 * noted instead; so reading an idle project costs nothing, and its access times are those of the
 * last reading beside a change.
 */
final class AccessTimes implements Accesses {
  private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

  private final Parts parts;

  AccessTimes(Parts parts) {
    this.parts = parts;
  }

  @Override
  public void accessed(long inode, InodeItem seen) {
    long now = parts.now();
    if (!isDue(seen, now) || !parts.txgs().takesRiders()) {
      return;
    }
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      byte[] value = parts.items().view().get(Keys.inode(inode));
      if (value == null) {
        return;
      }
      InodeItem item = InodeItem.decode(value);
      if (!isDue(item, now)) {
        return;
      }
      try (Tx tx = parts.txgs().begin(TxKind.DATA)) {
        InodeItem accessed = item.withTimes(now, item.mtimeNanos(), item.ctimeNanos());
        tx.put(Keys.inode(inode), accessed.encode());
        tx.apply();
      }
    } catch (IOException e) {
      parts.errnos().note("noting an access", inode, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static boolean isDue(InodeItem item, long now) {
    return item.atimeNanos() <= item.mtimeNanos()
        || item.atimeNanos() <= item.ctimeNanos()
        || now - item.atimeNanos() >= DAY_NANOS;
  }
}
