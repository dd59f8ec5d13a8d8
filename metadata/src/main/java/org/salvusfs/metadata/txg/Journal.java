package org.salvusfs.metadata.txg;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.metadata.api.Change;

/**
 * The namespace operations that no durable log record or commit covers yet, in the order in which
 * they were applied. Thread-safe; its lock is held for list work only.
 */
final class Journal {
  /**
   * One operation's changes.
   *
   * @param reaped inodes that it removed altogether
   * @param carried inodes whose contents must travel in the same record
   */
  record Note(long txg, List<Change> changes, List<Long> reaped, List<Long> carried) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Note> notes = new ArrayList<>();

  void add(Note note) {
    lock.lock();
    try {
      notes.add(note);
    } finally {
      lock.unlock();
    }
  }

  /** The notes so far; {@link #drop} them once they are durable. Called by one thread at a time. */
  List<Note> pending() {
    lock.lock();
    try {
      return List.copyOf(notes);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets notes that a record has made durable. */
  void drop(List<Note> durable) {
    if (durable.isEmpty()) {
      return;
    }
    Set<Note> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    gone.addAll(durable);
    lock.lock();
    try {
      notes.removeIf(gone::contains);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what the commit of {@code txg} has made durable. */
  void committed(long txg) {
    lock.lock();
    try {
      notes.removeIf(note -> note.txg() <= txg);
    } finally {
      lock.unlock();
    }
  }
}
