package org.salvusfs.daemon.vfs;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongPredicate;

/**
 * A reader-writer lock for every inode. Locks exist while somebody wants them, so that memory goes
 * with the operations under way, not with the inodes, and no two inodes ever share one. Above them
 * is a gate, of which every holder has the shared side.
 */
final class InodeLocks {
  /** A lock and how many hold or await it; the count changes inside the map's atomic steps. */
  private static final class Slot {
    final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    int users;
  }

  /** Locks that one operation holds; closed by the thread that took them. */
  final class Held implements AutoCloseable {
    private final long[] inodes;
    private final Lock[] locks;
    private int count;
    private boolean inside;

    private Held(long[] ascending) {
      this.inodes = ascending;
      this.locks = new Lock[ascending.length];
    }

    private void enter() throws InterruptedException, EndedException {
      gate.readLock().lockInterruptibly();
      inside = true;
      if (isEnded) {
        throw new EndedException();
      }
    }

    private void add(boolean exclusive) throws InterruptedException {
      long inode = inodes[count];
      Slot slot =
          Objects.requireNonNull(
              slots.compute(
                  inode,
                  (key, present) -> {
                    Slot wanted = present == null ? new Slot() : present;
                    wanted.users++;
                    return wanted;
                  }));
      Lock lock = exclusive ? slot.lock.writeLock() : slot.lock.readLock();
      boolean locked = false;
      try {
        lock.lockInterruptibly();
        locked = true;
      } finally {
        if (!locked) {
          leave(inode);
        }
      }
      locks[count++] = lock;
    }

    @Override
    public void close() {
      while (count > 0) {
        count--;
        locks[count].unlock();
        leave(inodes[count]);
      }
      if (inside) {
        inside = false;
        gate.readLock().unlock();
      }
    }
  }

  /** All locks there can be, held by one thread, which may take single ones as well. */
  final class Everything implements AutoCloseable {
    private Everything() throws InterruptedException {
      gate.writeLock().lockInterruptibly();
    }

    @Override
    public void close() {
      gate.writeLock().unlock();
    }
  }

  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  /** Written under the exclusive side of the gate. */
  private boolean isEnded;

  private final ConcurrentHashMap<Long, Slot> slots = new ConcurrentHashMap<>();

  private void leave(long inode) {
    slots.computeIfPresent(inode, (key, slot) -> --slot.users == 0 ? null : slot);
  }

  /** For reading more than one item of an inode as of one moment. */
  Held shared(long inode) throws InterruptedException, EndedException {
    return lock(new long[] {inode}, each -> false);
  }

  /** For changing inodes, given in any order and perhaps more than once. */
  Held exclusive(long... inodes) throws InterruptedException, EndedException {
    return lock(ascending(inodes), each -> true);
  }

  /** For changing one inode while another, perhaps the same, stays as it is. */
  Held exclusiveAndShared(long changed, long read) throws InterruptedException, EndedException {
    return lock(ascending(changed, read), each -> each == changed);
  }

  /** For changing a project as a whole. */
  Everything everything() throws InterruptedException {
    return new Everything();
  }

  private Held lock(long[] ascending, LongPredicate exclusive)
      throws InterruptedException, EndedException {
    var held = new Held(ascending);
    boolean complete = false;
    try {
      held.enter();
      for (long inode : ascending) {
        held.add(exclusive.test(inode));
      }
      complete = true;
      return held;
    } finally {
      if (!complete) {
        held.close();
      }
    }
  }

  private static long[] ascending(long... inodes) {
    return inodes.length == 1 ? inodes : Arrays.stream(inodes).sorted().distinct().toArray();
  }

  /** From now on nobody gets a lock. Called by who holds everything. */
  void end() {
    isEnded = true;
  }

  /** Whether no lock is held or awaited. */
  boolean isQuiet() {
    return slots.isEmpty();
  }
}
