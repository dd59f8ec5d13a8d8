package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls that the binding needs, as glibc offers them. Each returns what the call
 * returns, or the negative errno (as the kernel itself does), so that the hot ones make no garbage.
 *
 * <p>Thread-safe. Calls may block; a blocked call does not hold up the garbage collector.
 */
final class Libc {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CLOEXEC = 02000000;

  static final int MS_NOSUID = 2;
  static final int MS_NODEV = 4;

  static final int MNT_DETACH = 2;

  /** Errors that no filesystem operation answers with, but the device and mount(2) do. */
  static final int ECONNABORTED = 103;

  static final int ENOTCONN = 107;

  /** Where a call leaves errno; one per thread. */
  static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final java.lang.foreign.AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN = variadic("open", 2, INT, POINTER, INT);
  private static final MethodHandle CLOSE = function("close", INT, INT);
  private static final MethodHandle READ = function("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = function("write", LONG, INT, POINTER, LONG);
  private static final MethodHandle MOUNT =
      function("mount", INT, POINTER, POINTER, POINTER, LONG, POINTER);
  private static final MethodHandle UMOUNT = function("umount2", INT, POINTER, INT);
  private static final MethodHandle STATFS = function("statfs", INT, POINTER, POINTER);
  private static final MethodHandle SYNCFS = function("syncfs", INT, INT);
  private static final MethodHandle GETEUID = function("geteuid", INT);
  private static final MethodHandle GETEGID = function("getegid", INT);
  private static final MethodHandle STRERROR = function("strerror", POINTER, INT);

  /** sizeof(struct statfs) is 120 on the 64-bit machines; some room on top. */
  private static final int STATFS_BYTES = 256;

  private Libc() {}

  /** open(2); returns a file descriptor. */
  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** close(2). */
  static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) CLOSE.invokeExact(state, fd);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** read(2) of up to {@code bytes}; {@code state} is of {@link #CALL_STATE}. */
  static long read(int fd, MemorySegment into, long bytes, MemorySegment state) {
    try {
      long result = (long) READ.invokeExact(state, fd, into, bytes);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** write(2) of {@code bytes}; {@code state} is of {@link #CALL_STATE}. */
  static long write(int fd, MemorySegment from, long bytes, MemorySegment state) {
    try {
      long result = (long) WRITE.invokeExact(state, fd, from, bytes);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** mount(2). */
  static int mount(String source, String target, String type, long flags, String data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result =
          (int)
              MOUNT.invokeExact(
                  state,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target),
                  arena.allocateFrom(type),
                  flags,
                  arena.allocateFrom(data));
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** umount2(2). */
  static int umount(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) UMOUNT.invokeExact(state, arena.allocateFrom(target), flags);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** statfs(2), whose answer is dropped: tells whether a mounted filesystem answers at all. */
  static int statfs(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result =
          (int)
              STATFS.invokeExact(state, arena.allocateFrom(path), arena.allocate(STATFS_BYTES, 8));
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** syncfs(2). */
  static int syncfs(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) SYNCFS.invokeExact(state, fd);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  static int effectiveUid() {
    return identity(GETEUID);
  }

  static int effectiveGid() {
    return identity(GETEGID);
  }

  private static int identity(MethodHandle call) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call.invokeExact(arena.allocate(CALL_STATE));
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** The system's words for a positive error number. */
  static String message(int errno) {
    try (Arena arena = Arena.ofConfined()) {
      var text = (MemorySegment) STRERROR.invokeExact(arena.allocate(CALL_STATE), errno);
      return text.reinterpret(256).getString(0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  /** What the last failed call left in a segment of {@link #CALL_STATE}. */
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** A function of libc that returns a result and leaves errno. */
  static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixed));
  }

  /** A downcall throws nothing but errors of the virtual machine. */
  static RuntimeException unexpected(Throwable t) {
    if (t instanceof Error e) {
      throw e;
    }
    return new IllegalStateException(t);
  }
}
