package org.salvusfs.daemon.fuse.kernel;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which operation runs on which thread, so that the kernel's INTERRUPT can reach it.
 *
 * <p>A thread is interrupted only between {@link Slot#begin} and {@link Slot#end} of the operation
 * that is meant; the lock of the slot makes that exact, and {@code end} clears a late interrupt.
 */
final class Interrupts {
  /** What became of an interrupt. */
  enum Outcome {
    DONE,
    NOT_RUNNING,
    NOT_OFFERED
  }

  private final boolean offered;
  private final Set<Slot> slots = ConcurrentHashMap.newKeySet();

  /**
   * @param offered whether operations may be interrupted at all
   */
  Interrupts(boolean offered) {
    this.offered = offered;
  }

  /** A slot for what a thread will be busy with. */
  Slot enter(Thread thread) {
    var slot = new Slot(thread);
    slots.add(slot);
    return slot;
  }

  /** Gives a slot back. */
  void leave(Slot slot) {
    slots.remove(slot);
  }

  /** Interrupts the thread that performs the request {@code unique}. */
  Outcome interrupt(long unique) {
    if (!offered) {
      return Outcome.NOT_OFFERED;
    }
    for (Slot slot : slots) {
      if (slot.interruptIfRunning(unique)) {
        return Outcome.DONE;
      }
    }
    return Outcome.NOT_RUNNING;
  }

  /** What one thread is busy with. */
  final class Slot {
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long running;

    private Slot(Thread thread) {
      this.thread = thread;
    }

    /** The thread begins to perform the request {@code unique}. */
    void begin(long unique) {
      running = unique;
    }

    /** The thread has performed the request; it is not interrupted when this returns. */
    void end() {
      if (!offered) {
        running = 0;
        return;
      }
      lock.lock();
      try {
        running = 0;
      } finally {
        lock.unlock();
      }
      Thread.interrupted();
    }

    /** The request being performed, 0 if none. */
    long running() {
      return running;
    }

    private boolean interruptIfRunning(long unique) {
      if (running != unique) {
        return false;
      }
      lock.lock();
      try {
        if (running != unique) {
          return false;
        }
        thread.interrupt();
        return true;
      } finally {
        lock.unlock();
      }
    }
  }
}
