package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * One opened directory: {@code .}, {@code ..}, then the entries in the order of their names. A
 * cookie is the number of entries up to and with its own, in this stream; the names that were
 * handed out are remembered, so that a reader may go back to any cookie. A walk goes on behind the
 * last name, wherever the directory has got to meanwhile: what stays is met once, what comes is met
 * if it sorts behind. A reader that goes back meets what it has met before, without what was
 * removed; going back to 0 starts afresh.
 *
 * <p>Memory: the names' bytes and two more each. Thread-safe, one reader at a time.
 */
final class DirStream {
  private static final int DOTS = 2;
  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};
  private static final int TYPE_DIRECTORY = InodeItem.S_IFDIR >> 12;

  private final ReadParts parts;
  private final Items items;
  private final long directory;
  private final NameList names = new NameList();

  /** Held through a read; taken after the directory's lock. */
  private final ReentrantLock lock = new ReentrantLock();

  DirStream(ReadParts parts, long directory) {
    this.parts = parts;
    this.items = parts.items();
    this.directory = directory;
  }

  /** A stream that goes on where another one was, whose cookies stay valid. */
  static DirStream of(ReadParts parts, ProjectState.OpenDirectory open) {
    var stream = new DirStream(parts, open.inode());
    open.names().forEach(stream.names::add);
    return stream;
  }

  /** What {@link #of} needs; while nobody reads. */
  ProjectState.OpenDirectory state(long handle) {
    var all = new ArrayList<byte[]>(names.size());
    for (int i = 0; i < names.size(); i++) {
      all.add(names.get(i));
    }
    return new ProjectState.OpenDirectory(handle, directory, all);
  }

  /** Offers what follows {@code cookie}; returns the directory as it was. */
  InodeItem read(long cookie, boolean plus, DirSink sink)
      throws IOException, FsException, InterruptedException {
    try (InodeLocks.Held _ = parts.locks().shared(directory)) {
      lock.lockInterruptibly();
      try {
        InodeItem item = items.directory(directory);
        if (cookie < 0) {
          throw new FsException(Errno.EINVAL);
        }
        if (cookie == 0) {
          names.clear();
        }
        boolean goesOn = offerDots(cookie, item, sink);
        if (goesOn && offerAgain(Math.max(0, cookie - DOTS), plus, sink)) {
          offerMore(cookie, plus, sink);
        }
        return item;
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean offerDots(long cookie, InodeItem item, DirSink sink) {
    if (cookie == 0 && !sink.offer(DOT, parts.ino(directory), TYPE_DIRECTORY, 1, null)) {
      return false;
    }
    return cookie > 1 || sink.offer(DOT_DOT, parts.ino(item.parent()), TYPE_DIRECTORY, DOTS, null);
  }

  /** Offers remembered names from {@code index} on, as far as they are still there. */
  private boolean offerAgain(long index, boolean plus, DirSink sink) throws IOException {
    for (int i = (int) Math.min(index, names.size()); i < names.size(); i++) {
      byte[] name = names.get(i);
      DirentItem entry = items.entry(directory, name);
      if (entry != null && !offer(name, entry, i, plus, sink)) {
        return false;
      }
    }
    return true;
  }

  /** Goes on behind the last name, and to a cookie that is not reached yet without offering. */
  private void offerMore(long cookie, boolean plus, DirSink sink) throws IOException {
    Key from =
        names.size() == 0
            ? Keys.first(directory, Keys.DIRENT)
            : Keys.after(Keys.dirent(directory, names.get(names.size() - 1)));
    Cursor cursor = items.view().scan(from, Keys.end(directory, Keys.DIRENT));
    while (cursor.next()) {
      byte[] name = Keys.suffix(cursor.key());
      boolean isSkipped = names.size() + DOTS < cookie;
      if (!isSkipped && !offer(name, DirentItem.decode(cursor.value()), names.size(), plus, sink)) {
        return;
      }
      names.add(name);
    }
  }

  private boolean offer(byte[] name, DirentItem entry, int index, boolean plus, DirSink sink)
      throws IOException {
    long inode = entry.inode();
    @Nullable Attr attr = plus ? attr(inode, entry) : null;
    boolean accepted = sink.offer(name, parts.ino(inode), entry.type(), index + DOTS + 1L, attr);
    if (accepted && attr != null) {
      parts.lookups().add(inode, 1);
    }
    return accepted;
  }

  /** Null for a link: what the kernel is to see there, a lookup tells it. */
  private @Nullable Attr attr(long inode, DirentItem entry) throws IOException {
    InodeItem item = items.inode(directory, entry);
    return item.isLink() ? null : parts.attr(inode, item);
  }
}
