package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * Inodes that have lost their last link, or have none yet. One that nobody uses goes at once; one
 * in use gets an ORPHAN item and goes when the kernel forgets it, or at the next opening. Whoever
 * takes an inode out of {@link #waiting} reaps it, so that it is reaped once.
 */
final class Orphans {
  /** Value of an ORPHAN item. */
  private static final byte[] NOTHING = new byte[0];

  /** Value of an ORPHAN item whose inode never had a link. */
  private static final byte[] UNNAMED = {1};

  /** How long the kernel may take to say that it has forgotten what was just removed. */
  private static final long FORGET_MILLIS = 100;

  private final Parts parts;

  /** How many were reaped after waiting; its monitor tells of each. */
  private final AtomicLong reaped = new AtomicLong();

  /** Orphans in use, and those whose reaping failed. */
  private final Set<Long> waiting = ConcurrentHashMap.newKeySet();

  /** Those among {@link #waiting} that never had a link: they alone may get one. */
  private final Set<Long> unnamed = ConcurrentHashMap.newKeySet();

  /** Those whose reaping failed. */
  private final Queue<Long> failed = new ConcurrentLinkedQueue<>();

  Orphans(Parts parts) {
    this.parts = parts;
  }

  /**
   * Inside an operation that removes the last link, with the inode locked.
   *
   * @param item with its links and times as they are to be
   */
  void abandon(Tx tx, long inode, InodeItem item) {
    if (parts.lookups().isInUse(inode)) {
      tx.put(Keys.orphan(inode), NOTHING);
      tx.put(Keys.inode(inode), item.encode());
      waiting.add(inode);
    } else {
      reap(tx, inode, item);
    }
  }

  /** Inside an operation that makes an inode without a link, which the kernel will know of. */
  void bear(Tx tx, long inode, InodeItem item) {
    tx.put(Keys.orphan(inode), UNNAMED);
    tx.put(Keys.inode(inode), item.encode());
    waiting.add(inode);
    unnamed.add(inode);
  }

  /** Whether it never had a link. Needs the inode's lock. */
  boolean isUnnamed(long inode) {
    return unnamed.contains(inode);
  }

  /**
   * Inside an operation that gives an unnamed inode its first link, with the inode locked: whoever
   * writes a file and then names it has its contents as soon as its name.
   */
  void adopt(Tx tx, long inode) {
    tx.delete(Keys.orphan(inode));
    tx.carryContents(inode);
  }

  /** After that operation, with the inode still locked. */
  void adopted(long inode) {
    waiting.remove(inode);
    unnamed.remove(inode);
  }

  /** After {@link #abandon}: the kernel may have forgotten the inode meanwhile. */
  void abandoned(long inode) {
    if (!parts.lookups().isInUse(inode)) {
      forgotten(inode);
    }
  }

  /**
   * The kernel has forgotten the inode. Never fails: what cannot be reaped now is tried again after
   * the next one that can, and at the latest at the next opening. Waits for a lost lease as every
   * operation does.
   */
  void forgotten(long inode) {
    if (!waiting.contains(inode)) {
      return;
    }
    boolean going = tryReap(inode);
    while (going) {
      Long again = failed.poll();
      going = again != null && tryReap(again);
    }
  }

  private boolean tryReap(long inode) {
    try {
      reapWaiting(inode);
      return true;
    } catch (IOException e) {
      parts.errnos().note("reclaiming", inode, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    failed.add(inode);
    return false;
  }

  private void reapWaiting(long inode) throws IOException, InterruptedException {
    try (InodeLocks.Held _ = parts.locks().exclusive(inode)) {
      if (!waiting.contains(inode)) {
        return;
      }
      byte[] value = parts.items().view().get(Keys.inode(inode));
      try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
        tx.delete(Keys.orphan(inode));
        if (value != null) {
          reap(tx, inode, InodeItem.decode(value));
        }
        tx.apply();
      }
      waiting.remove(inode);
      unnamed.remove(inode);
    }
    synchronized (reaped) {
      reaped.incrementAndGet();
      reaped.notifyAll();
    }
  }

  /** How many were reaped so far after waiting for the kernel to forget them. */
  long reaped() {
    return reaped.get();
  }

  /**
   * Waits a moment until more were reaped than {@code before}, if any wait to be. What a program
   * removed counts for its project's limits until the kernel has forgotten it, and the kernel says
   * so while the program goes on.
   *
   * @return whether more were
   */
  boolean awaitReaped(long before) throws InterruptedException {
    synchronized (reaped) {
      if (reaped.get() == before && !waiting.isEmpty()) {
        reaped.wait(FORGET_MILLIS);
      }
      return reaped.get() != before;
    }
  }

  private void reap(Tx tx, long inode, InodeItem item) {
    parts.contents().drop(inode, tx.txg());
    tx.reap(inode);
    if (item.isLink()) {
      tx.delete(Keys.link(inode));
    }
    tx.addUsage(-item.allocatedBytes(), -1);
  }

  /**
   * Reaps what an earlier holder of the project left; what the kernel still uses, since that holder
   * handed its mount over, stays, and may still get a link if it never had one. Called before the
   * first operation.
   */
  void reapLeftovers() throws IOException, InterruptedException {
    for (Leftover leftover : leftovers()) {
      long inode = leftover.inode();
      waiting.add(inode);
      if (leftover.isUnnamed()) {
        unnamed.add(inode);
      }
      if (!parts.lookups().isInUse(inode)) {
        parts.txgs().awaitRoom(0);
        reapWaiting(inode);
      }
    }
  }

  private record Leftover(long inode, boolean isUnnamed) {}

  private List<Leftover> leftovers() throws IOException {
    List<Leftover> leftovers = new ArrayList<>();
    Cursor cursor = parts.items().view().scan(Keys.first(0, Keys.ORPHAN), Keys.end(0, Keys.ORPHAN));
    while (cursor.next()) {
      boolean isUnnamed = Arrays.equals(UNNAMED, cursor.value());
      leftovers.add(new Leftover(Keys.suffixLong(cursor.key()), isUnnamed));
    }
    return leftovers;
  }

  /**
   * The project has become what it was: forgets who waited, and reaps what is without links now.
   * Called while there is no other operation.
   */
  void renew() throws InterruptedException {
    waiting.clear();
    unnamed.clear();
    failed.clear();
    try {
      reapLeftovers();
    } catch (IOException e) {
      parts.errnos().note("reclaiming what is without links", Keys.ROOT_INODE, e);
    }
  }

  /** How many wait. */
  int size() {
    return waiting.size();
  }
}
