package org.salvusfs.daemon.posix;

import java.io.Closeable;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/** A regular file that is open for reading. For one thread at a time, the one that opened it. */
public final class LocalFile implements Closeable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle PREAD =
      Native.function("pread", LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle LSEEK = Native.function("lseek", LONG, INT, LONG, INT);
  private static final MethodHandle CLOSE = Native.function("close", INT, INT);

  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;
  private static final int EINTR = 4;

  private final byte[] path;
  private final int fd;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Native.CALL_STATE);

  LocalFile(byte[] path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Fills a direct buffer from its position on; less only at the end of the file.
   *
   * @return the number of bytes, by which the position moved
   */
  public int read(ByteBuffer into, long offset) throws LocalFileException {
    int start = into.position();
    while (into.hasRemaining()) {
      long count = pread(into, offset + into.position() - start);
      if (count == -EINTR) {
        continue;
      }
      LocalFiles.check("read", path, count);
      if (count == 0) {
        break;
      }
      into.position(into.position() + (int) count);
    }
    return into.position() - start;
  }

  private long pread(ByteBuffer into, long offset) {
    try {
      long count =
          (long)
              PREAD.invokeExact(
                  state, fd, MemorySegment.ofBuffer(into), (long) into.remaining(), offset);
      return count < 0 ? -Native.errno(state) : count;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** What it is now, whatever its path leads to. */
  public LocalStat stat() throws LocalFileException {
    return LocalFiles.stat(fd, path);
  }

  /** The first byte at or after {@code offset} that is no hole; -1 if there is none. */
  public long nextData(long offset) throws LocalFileException {
    return seek(offset, SEEK_DATA);
  }

  /** The first hole at or after {@code offset}, the end of the file at last; -1 behind it. */
  public long nextHole(long offset) throws LocalFileException {
    return seek(offset, SEEK_HOLE);
  }

  private long seek(long offset, int whence) throws LocalFileException {
    long found;
    try {
      found = (long) LSEEK.invokeExact(state, fd, offset, whence);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
    if (found < 0 && Native.errno(state) == ENXIO) {
      return -1;
    }
    LocalFiles.check("lseek", path, found < 0 ? -Native.errno(state) : found);
    return found;
  }

  @Override
  public void close() {
    arena.close();
    close(fd);
  }

  /** Of what was only read: nothing can be lost, and close(2) frees the number even if it fails. */
  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(arena.allocate(Native.CALL_STATE), fd);
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }
}
