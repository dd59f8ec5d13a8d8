package org.salvusfs.blockstore.disk;

import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * What Linux does with a file and Java does not offer: writes past the page cache (O_DIRECT of
 * open(2)), and room set aside (fallocate(2)). Thread-safe.
 */
final class DirectIo implements Closeable {
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x8_0000;

  /** asm/fcntl.h; 0: not known here. */
  private static final int O_DIRECT =
      switch (System.getProperty("os.arch")) {
        case "amd64" -> 0x4000;
        case "aarch64" -> 0x1_0000;
        default -> 0;
      };

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle OPEN = function("open", INT, 2, ValueLayout.ADDRESS, INT);
  private static final MethodHandle FALLOCATE = function("fallocate", INT, 4, INT, INT, LONG, LONG);
  private static final MethodHandle PWRITE =
      function("pwrite", LONG, 4, INT, ValueLayout.ADDRESS, LONG, LONG);
  private static final MethodHandle CLOSE = function("close", INT, 1, INT);

  private final int descriptor;

  /** The write lock for closing: a number that was closed is soon that of another file. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();

  private boolean closed;

  private DirectIo(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Null if this machine or the file system cannot do it. */
  static @Nullable DirectIo open(Path path) {
    if (O_DIRECT == 0) {
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      int flags = O_WRONLY | O_DIRECT | O_CLOEXEC;
      int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(path.toString()), flags);
      return descriptor < 0 ? null : new DirectIo(descriptor);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** Sets room aside, and lets the file be at least that long; false if that cannot be. */
  boolean reserve(long position, long bytes) {
    use.readLock().lock();
    try {
      return !closed && (int) FALLOCATE.invokeExact(descriptor, 0, position, bytes) == 0;
    } catch (Throwable t) {
      throw unexpected(t);
    } finally {
      use.readLock().unlock();
    }
  }

  /**
   * Writes whole blocks; how many bytes, perhaps fewer than there are, or none.
   *
   * @param blocks their address, the position and how many bytes remain are multiples of {@link
   *     DiskFile#BLOCK_BYTES}
   */
  long write(ByteBuffer blocks, long position) {
    use.readLock().lock();
    try {
      return closed
          ? 0
          : Math.max(
              0,
              (long)
                  PWRITE.invokeExact(
                      descriptor,
                      MemorySegment.ofBuffer(blocks),
                      (long) blocks.remaining(),
                      position));
    } catch (Throwable t) {
      throw unexpected(t);
    } finally {
      use.readLock().unlock();
    }
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        int ignored = (int) CLOSE.invokeExact(descriptor);
      }
    } catch (Throwable t) {
      throw unexpected(t);
    } finally {
      use.writeLock().unlock();
    }
  }

  /**
   * A function of libc.
   *
   * @param fixed how many arguments it always takes
   */
  private static MethodHandle function(
      String name, MemoryLayout result, int fixed, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(fixed));
  }

  /** A downcall throws nothing but errors of the virtual machine. */
  private static RuntimeException unexpected(Throwable t) {
    if (t instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(t);
  }
}
