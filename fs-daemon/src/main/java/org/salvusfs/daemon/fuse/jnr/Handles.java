package org.salvusfs.daemon.fuse.jnr;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;

/**
 * Open files, or open directories, by the number that libfuse2 hands out for them. A node that is
 * open keeps the lookups that came with its openings until the last of them is closed. Thread-safe;
 * {@code lock} guards the maps, and the filesystem is not called under it.
 */
final class Handles {
  private final FileSystem fs;
  private final LongConsumer lastClosed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Handle> byNumber = new HashMap<>();
  private final Map<Long, Uses> byNode = new HashMap<>();
  private long nextNumber = 1;

  /**
   * @param lastClosed is told the node that nobody has open any more
   */
  Handles(FileSystem fs, LongConsumer lastClosed) {
    this.fs = fs;
    this.lastClosed = lastClosed;
  }

  /**
   * One opening.
   *
   * @param handle the filesystem's
   */
  record Handle(long node, long handle) {}

  /** The openings of one node, and the lookups that they keep. */
  private static final class Uses {
    int openings;
    long lookups;
  }

  /**
   * Takes an opening.
   *
   * @param lookups of the node, to be given back with its last opening
   * @return its number
   */
  long opened(long node, long handle, long lookups) {
    lock.lock();
    try {
      Uses uses = byNode.computeIfAbsent(node, absent -> new Uses());
      uses.openings++;
      uses.lookups += lookups;
      byNumber.put(nextNumber, new Handle(node, handle));
      return nextNumber++;
    } finally {
      lock.unlock();
    }
  }

  /** The opening of a number. */
  Handle get(long number) throws FsException {
    lock.lock();
    try {
      Handle handle = byNumber.get(number);
      if (handle == null) {
        throw new FsException(Errno.EBADF, "no open file " + number);
      }
      return handle;
    } finally {
      lock.unlock();
    }
  }

  /** Does something if the node is open, before anybody can close it; whether it was. */
  boolean ifOpen(long node, Runnable action) {
    lock.lock();
    try {
      boolean open = byNode.containsKey(node);
      if (open) {
        action.run();
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Takes an opening out, to be released in the filesystem, then handed to {@link #released}. */
  Handle remove(long number) throws FsException {
    Handle handle = get(number);
    lock.lock();
    try {
      byNumber.remove(number);
      return handle;
    } finally {
      lock.unlock();
    }
  }

  /** An opening that was removed has been released; with a node's last one its lookups go. */
  void released(Handle handle) {
    Uses last = lastUse(handle.node());
    if (last != null && last.lookups > 0) {
      fs.forget(handle.node(), last.lookups);
    }
  }

  private @Nullable Uses lastUse(long node) {
    lock.lock();
    try {
      Uses uses = byNode.get(node);
      if (uses == null || --uses.openings > 0) {
        return null;
      }
      byNode.remove(node);
      lastClosed.accept(node);
      return uses;
    } finally {
      lock.unlock();
    }
  }
}
