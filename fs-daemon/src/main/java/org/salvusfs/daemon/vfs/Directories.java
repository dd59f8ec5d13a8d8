package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;

/** Opened directories by handle. */
final class Directories {
  private final ReadParts parts;
  private final Accesses accesses;
  private final ConcurrentHashMap<Long, DirStream> streams = new ConcurrentHashMap<>();
  private final AtomicLong lastHandle = new AtomicLong();

  /**
   * @param known the handles that are open already
   */
  Directories(ReadParts parts, Accesses accesses, ProjectState known) {
    this.parts = parts;
    this.accesses = accesses;
    this.lastHandle.set(known.lastHandle());
    for (ProjectState.OpenDirectory open : known.directories()) {
      streams.put(open.handle(), DirStream.of(parts, open));
    }
  }

  /** All handles that are open; while there is no operation. */
  List<ProjectState.OpenDirectory> open() {
    return streams.entrySet().stream().map(each -> each.getValue().state(each.getKey())).toList();
  }

  long lastHandle() {
    return lastHandle.get();
  }

  long open(long inode) throws IOException, FsException {
    parts.items().directory(inode);
    long handle = lastHandle.incrementAndGet();
    streams.put(handle, new DirStream(parts, inode));
    return handle;
  }

  void read(long inode, long handle, long cookie, boolean plus, DirSink sink)
      throws IOException, FsException, InterruptedException {
    DirStream stream = streams.get(handle);
    if (stream == null) {
      throw new FsException(Errno.EBADF);
    }
    InodeItem item = stream.read(cookie, plus, sink);
    accesses.accessed(inode, item);
  }

  void release(long handle) {
    streams.remove(handle);
  }
}
