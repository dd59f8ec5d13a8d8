package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;

/** Opened directories by handle. */
final class Directories {
  private final Parts parts;
  private final AccessTimes accessTimes;
  private final ConcurrentHashMap<Long, DirStream> streams = new ConcurrentHashMap<>();
  private final AtomicLong lastHandle = new AtomicLong();

  Directories(Parts parts, AccessTimes accessTimes) {
    this.parts = parts;
    this.accessTimes = accessTimes;
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
    accessTimes.accessed(inode, item);
  }

  void release(long handle) {
    streams.remove(handle);
  }
}
