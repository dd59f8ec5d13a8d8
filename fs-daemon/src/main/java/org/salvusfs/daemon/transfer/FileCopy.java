package org.salvusfs.daemon.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.posix.LocalFile;
import org.salvusfs.daemon.posix.LocalFiles;
import org.salvusfs.daemon.posix.LocalStat;

/** Copies contents, holes left out. Thread-safe; holds a buffer for each thread at work. */
final class FileCopy {
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileSystem project;
  private final Caller caller;
  private final Tally tally;
  private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

  FileCopy(FileSystem project, Caller caller, Tally tally) {
    this.project = project;
    this.caller = caller;
    this.tally = tally;
  }

  /**
   * Fills an empty file.
   *
   * @param stat of the source before it was opened
   * @throws FsException EAGAIN if the source changed meanwhile
   */
  void contents(Opened into, byte[] path, LocalStat stat) throws IOException, FsException {
    long size = stat.sizeBytes();
    if (size == 0) {
      return;
    }
    ByteBuffer buffer = take();
    try (LocalFile file = LocalFiles.openFile(path)) {
      long end = 0;
      for (long at = file.nextData(0); at >= 0 && at < size; at = file.nextData(end)) {
        tally.skipped(at - end);
        end = stretch(file, into, at, Math.min(size, file.nextHole(at)), buffer);
      }
      if (end < size) {
        tally.skipped(size - end);
        project.setattr(
            caller,
            into.attr().node(),
            new SetAttr(null, null, null, size, null, null, null, false));
      }
      LocalStat now = file.stat();
      if (now.sizeBytes() != size || now.mtimeNanos() != stat.mtimeNanos()) {
        throw new FsException(Errno.EAGAIN, "it changed while it was read; import again");
      }
    } finally {
      idle.push(buffer);
    }
  }

  private long stretch(LocalFile file, Opened into, long from, long to, ByteBuffer buffer)
      throws IOException, FsException {
    long at = from;
    while (at < to) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, to - at));
      int count = file.read(buffer, at);
      if (count == 0) {
        throw new FsException(Errno.EAGAIN, "it became shorter while it was read; import again");
      }
      buffer.flip();
      project.write(caller, into.attr().node(), into.handle(), at, buffer, 0, false);
      tally.copied(count);
      at += count;
    }
    return to;
  }

  private ByteBuffer take() {
    ByteBuffer buffer = idle.poll();
    return buffer != null ? buffer : ByteBuffer.allocateDirect(BUFFER_BYTES);
  }
}
