package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.salvusfs.daemon.posix.Native;

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

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final java.lang.foreign.AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle OPEN = Native.variadic("open", 2, INT, POINTER, INT);
  private static final MethodHandle CLOSE = Native.function("close", INT, INT);
  private static final MethodHandle READ = Native.function("read", LONG, INT, POINTER, LONG);
  private static final MethodHandle WRITE = Native.function("write", LONG, INT, POINTER, LONG);
  private static final MethodHandle MOUNT =
      Native.function("mount", INT, POINTER, POINTER, POINTER, LONG, POINTER);
  private static final MethodHandle UMOUNT = Native.function("umount2", INT, POINTER, INT);
  private static final MethodHandle STATFS = Native.function("statfs", INT, POINTER, POINTER);
  private static final MethodHandle SYNCFS = Native.function("syncfs", INT, INT);
  private static final MethodHandle GETEUID = Native.function("geteuid", INT);
  private static final MethodHandle GETEGID = Native.function("getegid", INT);

  /** sizeof(struct statfs) is 120 on the 64-bit machines; some room on top. */
  private static final int STATFS_BYTES = 256;

  private Libc() {}

  /** open(2); returns a file descriptor. */
  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** close(2). */
  static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result = (int) CLOSE.invokeExact(state, fd);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** read(2) of up to {@code bytes}; {@code state} is of {@link Native#CALL_STATE}. */
  static long read(int fd, MemorySegment into, long bytes, MemorySegment state) {
    try {
      long result = (long) READ.invokeExact(state, fd, into, bytes);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** write(2) of {@code bytes}; {@code state} is of {@link Native#CALL_STATE}. */
  static long write(int fd, MemorySegment from, long bytes, MemorySegment state) {
    try {
      long result = (long) WRITE.invokeExact(state, fd, from, bytes);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** mount(2). */
  static int mount(String source, String target, String type, long flags, String data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result =
          (int)
              MOUNT.invokeExact(
                  state,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target),
                  arena.allocateFrom(type),
                  flags,
                  arena.allocateFrom(data));
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** umount2(2). */
  static int umount(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result = (int) UMOUNT.invokeExact(state, arena.allocateFrom(target), flags);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** statfs(2), whose answer is dropped: tells whether a mounted filesystem answers at all. */
  static int statfs(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result =
          (int)
              STATFS.invokeExact(state, arena.allocateFrom(path), arena.allocate(STATFS_BYTES, 8));
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** syncfs(2). */
  static int syncfs(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      int result = (int) SYNCFS.invokeExact(state, fd);
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
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
      return (int) call.invokeExact(arena.allocate(Native.CALL_STATE));
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }
}
