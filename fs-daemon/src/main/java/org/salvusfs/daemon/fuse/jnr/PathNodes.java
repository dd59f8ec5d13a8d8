package org.salvusfs.daemon.fuse.jnr;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Finds the nodes that paths name, and keeps the count of lookups right. Thread-safe.
 *
 * <p>Directories on the way are remembered with one lookup each, so that a path costs one lookup
 * and not one for each of its names. With a directory, those above it are remembered too. The
 * memory is bounded: when it is full, everything is forgotten. That takes no node away from a
 * callback that uses it: a count of 0 reclaims only what has no links, and libfuse2 lets no
 * directory be removed while a callback works on a path below it. {@code lock} guards the memory
 * alone.
 *
 * <p>Paths begin with a slash and have no dots, and no slash at the end but in {@code /} itself.
 */
final class PathNodes {
  private static final int DIRECTORIES_MAX = 4096;

  private final FileSystem fs;
  private final HiddenFiles hidden;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Long> directories = new HashMap<>();

  PathNodes(FileSystem fs, HiddenFiles hidden) {
    this.fs = fs;
    this.hidden = hidden;
  }

  /** A name, perhaps of nothing yet, in a directory. */
  record Place(long parent, String lastName) {
    byte[] name() {
      return Texts.bytes(lastName);
    }
  }

  /**
   * What a path names.
   *
   * @param lookups how many of them the holder has to give back: 0 or 1
   * @param links how many libfuse2 is to hear of: under a name that it has hidden it shows one less
   */
  record Found(Attr attr, long lookups, int links) {
    private static Found of(Attr attr, long lookups) {
      return new Found(attr, lookups, attr.item().nlink());
    }

    long node() {
      return attr.node();
    }
  }

  /** Something to do with what a path names, as long as it is held. */
  @FunctionalInterface
  interface Use<T> {
    T with(Attr attr) throws FsException;
  }

  /** Does something with what a path names. */
  <T> T at(Caller caller, String path, Use<T> use) throws FsException {
    Found found = hold(caller, path);
    try {
      return use.with(found.attr());
    } finally {
      giveBack(found);
    }
  }

  /** Finds what a path names; it is to be given back. */
  Found hold(Caller caller, String path) throws FsException {
    if (path.equals("/")) {
      return Found.of(fs.getattr(FileSystem.ROOT), 0);
    }
    return hold(caller, place(caller, path));
  }

  Found hold(Caller caller, Place place) throws FsException {
    Long node = hidden.find(place);
    if (node == null) {
      return Found.of(fs.lookup(caller, place.parent(), place.name()), 1);
    }
    Attr attr = fs.getattr(node);
    return new Found(attr, 0, attr.item().nlink() + 1);
  }

  void giveBack(Found found) {
    if (found.lookups() > 0) {
      fs.forget(found.node(), found.lookups());
    }
  }

  /** Where a path's last name is, or would be. */
  Place place(Caller caller, String path) throws FsException {
    int slash = path.lastIndexOf('/');
    return new Place(directory(caller, path.substring(0, slash)), path.substring(slash + 1));
  }

  /** The node of a directory; "" is the top. */
  private long directory(Caller caller, String path) throws FsException {
    if (path.isEmpty()) {
      return FileSystem.ROOT;
    }
    Long known = remembered(path);
    if (known != null) {
      return known;
    }
    Place place = place(caller, path);
    Attr found = fs.lookup(caller, place.parent(), place.name());
    if ((found.item().mode() & InodeItem.S_IFMT) != InodeItem.S_IFDIR) {
      fs.forget(found.node(), 1);
      throw new FsException(Errno.ENOTDIR);
    }
    remember(path, found.node());
    return found.node();
  }

  private @Nullable Long remembered(String path) {
    lock.lock();
    try {
      return directories.get(path);
    } finally {
      lock.unlock();
    }
  }

  /** Keeps a lookup; if somebody else was faster, gives it back. */
  private void remember(String path, long node) {
    if (isFull()) {
      forgetAll();
    }
    Long before;
    lock.lock();
    try {
      before = directories.putIfAbsent(path, node);
    } finally {
      lock.unlock();
    }
    if (before != null) {
      fs.forget(node, 1);
    }
  }

  private boolean isFull() {
    lock.lock();
    try {
      return directories.size() >= DIRECTORIES_MAX;
    } finally {
      lock.unlock();
    }
  }

  /** A path has a new meaning or none: what was remembered of it and below it is forgotten. */
  void forget(String path) {
    Map<String, Long> gone = new HashMap<>();
    lock.lock();
    try {
      if (!directories.containsKey(path)) {
        return;
      }
      String below = path + "/";
      directories.forEach(
          (known, node) -> {
            if (known.equals(path) || known.startsWith(below)) {
              gone.put(known, node);
            }
          });
      directories.keySet().removeAll(gone.keySet());
    } finally {
      lock.unlock();
    }
    gone.values().forEach(node -> fs.forget(node, 1));
  }

  /** Gives everything back that is remembered. */
  void forgetAll() {
    Map<String, Long> gone;
    lock.lock();
    try {
      gone = Map.copyOf(directories);
      directories.clear();
    } finally {
      lock.unlock();
    }
    gone.values().forEach(node -> fs.forget(node, 1));
  }
}
