package org.salvusfs.daemon.fuse;

import java.io.IOException;
import java.io.Serial;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The system calls by which contract tests look at a mount, where java.nio has none or says too
 * little. Each throws {@link Failed} with the errno. Names can be given as bytes: paths in Java
 * cannot hold all of them.
 */
public final class Posix {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0100;
  public static final int O_EXCL = 0200;
  public static final int O_TRUNC = 01000;
  public static final int O_APPEND = 02000;
  public static final int O_DIRECT = 040000;
  public static final int O_SYNC = 04010000;
  public static final int RENAME_NOREPLACE = 1;
  public static final int RENAME_EXCHANGE = 2;
  public static final int FALLOC_KEEP_SIZE = 1;
  public static final int FALLOC_PUNCH_HOLE = 2;
  public static final int FALLOC_ZERO_RANGE = 16;
  public static final int SEEK_DATA = 3;
  public static final int SEEK_HOLE = 4;
  public static final int XATTR_CREATE = 1;
  public static final int XATTR_REPLACE = 2;

  private static final int AT_FDCWD = -100;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();

  private Posix() {}

  /** Whether this process may do what only root may. */
  public static boolean isRoot() throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      return call(arena, "geteuid", INT, new MemoryLayout[] {}) == 0;
    }
  }

  /** The system's words for a positive error number. */
  private static String message(int errno) {
    Linker linker = Linker.nativeLinker();
    MethodHandle strerror =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("strerror"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, INT));
    try {
      return ((MemorySegment) strerror.invokeExact(errno)).reinterpret(256).getString(0);
    } catch (Throwable t) {
      throw new AssertionError("strerror", t);
    }
  }

  /** A system call that failed. */
  public static final class Failed extends IOException {
    @Serial private static final long serialVersionUID = 1;
    private final int errno;

    Failed(String call, int errno) {
      super(call + ": " + message(errno));
      this.errno = errno;
    }

    /** The positive number. */
    public int errno() {
      return errno;
    }
  }

  /** What a test compares of struct stat. */
  public record Stat(
      long ino,
      int mode,
      int nlink,
      int uid,
      int gid,
      long size,
      long blocks,
      int rdevMajor,
      int rdevMinor,
      long atimeNanos,
      long mtimeNanos,
      long ctimeNanos,
      long btimeNanos) {}

  public static int open(Path path, int flags, int mode) throws Failed {
    return open(bytes(path), flags, mode);
  }

  public static int open(byte[] path, int flags, int mode) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          call(
              arena,
              "open",
              2,
              INT,
              new MemoryLayout[] {POINTER, INT, INT},
              text(arena, path),
              flags,
              mode);
    }
  }

  public static void close(int fd) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, "close", INT, new MemoryLayout[] {INT}, fd);
    }
  }

  /** One pwrite(2) from memory aligned for O_DIRECT; the count. */
  public static long pwrite(int fd, byte[] data, long offset) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(Math.max(1, data.length), 4096);
      MemorySegment.copy(data, 0, from, ValueLayout.JAVA_BYTE, 0, data.length);
      return call(
          arena,
          "pwrite",
          LONG,
          new MemoryLayout[] {INT, POINTER, LONG, LONG},
          fd,
          from,
          (long) data.length,
          offset);
    }
  }

  /**
   * One asynchronous write by io_submit(2) from memory aligned for O_DIRECT, awaited; the count, or
   * a negative errno.
   */
  public static long aioPwrite(int fd, byte[] data, long offset) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate(data.length, 4096);
      MemorySegment.copy(data, 0, from, ValueLayout.JAVA_BYTE, 0, data.length);
      // struct iocb of linux/aio_abi.h
      MemorySegment order = arena.allocate(64, 8);
      order.set(ValueLayout.JAVA_SHORT, 16, (short) 1); // IOCB_CMD_PWRITE
      order.set(INT, 20, fd);
      order.set(LONG, 24, from.address());
      order.set(LONG, 32, data.length);
      order.set(LONG, 40, offset);
      MemorySegment orders = arena.allocateFrom(LONG, order.address());
      MemorySegment event = arena.allocate(32, 8);
      MemorySegment context = arena.allocate(LONG);
      boolean arm = System.getProperty("os.arch").equals("aarch64");
      syscall(arena, arm ? 0 : 206, 1, context.address()); // io_setup
      long number = context.get(LONG, 0);
      try {
        syscall(arena, arm ? 2 : 209, number, 1, orders.address()); // io_submit
        syscall(arena, arm ? 4 : 208, number, 1, 1, event.address(), 0); // io_getevents
        return event.get(LONG, 16);
      } finally {
        syscall(arena, arm ? 1 : 207, number); // io_destroy
      }
    }
  }

  private static void syscall(Arena arena, long... words) throws Failed {
    var types = new MemoryLayout[words.length];
    Arrays.fill(types, LONG);
    Object[] arguments = Arrays.stream(words).boxed().toArray();
    call(arena, "syscall", 1, LONG, types, arguments);
  }

  /** One write(2); the count. */
  public static long write(int fd, byte[] data) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
      return call(
          arena,
          "write",
          LONG,
          new MemoryLayout[] {INT, POINTER, LONG},
          fd,
          from,
          (long) data.length);
    }
  }

  /** One pread(2) into memory aligned for O_DIRECT; the bytes read. */
  public static byte[] pread(int fd, int count, long offset) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(count, 4096);
      long done =
          call(
              arena,
              "pread",
              LONG,
              new MemoryLayout[] {INT, POINTER, LONG, LONG},
              fd,
              into,
              (long) count,
              offset);
      return into.asSlice(0, done).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  public static void truncate(Path path, long size) throws Failed {
    onPath("truncate", path, LONG, size);
  }

  public static void ftruncate(int fd, long size) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, "ftruncate", INT, new MemoryLayout[] {INT, LONG}, fd, size);
    }
  }

  public static void fsync(int fd) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, "fsync", INT, new MemoryLayout[] {INT}, fd);
    }
  }

  public static void unlink(Path path) throws Failed {
    onPath("unlink", path);
  }

  public static void unlink(byte[] path) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, "unlink", INT, new MemoryLayout[] {POINTER}, text(arena, path));
    }
  }

  public static void rmdir(Path path) throws Failed {
    onPath("rmdir", path);
  }

  public static void mkdir(Path path, int mode) throws Failed {
    onPath("mkdir", path, INT, mode);
  }

  public static void chmod(Path path, int mode) throws Failed {
    onPath("chmod", path, INT, mode);
  }

  public static void chown(Path path, int uid, int gid) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "lchown",
          INT,
          new MemoryLayout[] {POINTER, INT, INT},
          text(arena, bytes(path)),
          uid,
          gid);
    }
  }

  public static void mkfifo(Path path, int mode) throws Failed {
    onPath("mkfifo", path, INT, mode);
  }

  public static void mknod(Path path, int mode, long device) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "mknod",
          INT,
          new MemoryLayout[] {POINTER, INT, LONG},
          text(arena, bytes(path)),
          mode,
          device);
    }
  }

  public static void link(Path existing, Path name) throws Failed {
    onPaths("link", existing, name);
  }

  public static void symlink(String target, Path name) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "symlink",
          INT,
          new MemoryLayout[] {POINTER, POINTER},
          arena.allocateFrom(target),
          text(arena, bytes(name)));
    }
  }

  public static void rename(Path from, Path to) throws Failed {
    onPaths("rename", from, to);
  }

  public static void rename(Path from, Path to, int flags) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "renameat2",
          INT,
          new MemoryLayout[] {INT, POINTER, INT, POINTER, INT},
          AT_FDCWD,
          text(arena, bytes(from)),
          AT_FDCWD,
          text(arena, bytes(to)),
          flags);
    }
  }

  public static void fallocate(int fd, int mode, long offset, long length) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "fallocate",
          INT,
          new MemoryLayout[] {INT, INT, LONG, LONG},
          fd,
          mode,
          offset,
          length);
    }
  }

  public static long lseek(int fd, long offset, int whence) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      return call(arena, "lseek", LONG, new MemoryLayout[] {INT, LONG, INT}, fd, offset, whence);
    }
  }

  /** copy_file_range(2) from and to the given offsets; the count. */
  public static long copyFileRange(int from, long fromOffset, int to, long toOffset, long length)
      throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      return call(
          arena,
          "copy_file_range",
          LONG,
          new MemoryLayout[] {INT, POINTER, INT, POINTER, LONG, INT},
          from,
          arena.allocateFrom(LONG, fromOffset),
          to,
          arena.allocateFrom(LONG, toOffset),
          length,
          0);
    }
  }

  public static void setxattr(Path path, String name, byte[] value, int flags) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "lsetxattr",
          INT,
          new MemoryLayout[] {POINTER, POINTER, POINTER, LONG, INT},
          text(arena, bytes(path)),
          arena.allocateFrom(name),
          arena.allocateFrom(ValueLayout.JAVA_BYTE, value),
          (long) value.length,
          flags);
    }
  }

  /** lgetxattr(2) into {@code room} bytes; 0 asks for the length only and gives an empty array. */
  public static byte[] getxattr(Path path, String name, int room) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(Math.max(1, room));
      long count =
          call(
              arena,
              "lgetxattr",
              LONG,
              new MemoryLayout[] {POINTER, POINTER, POINTER, LONG},
              text(arena, bytes(path)),
              arena.allocateFrom(name),
              into,
              (long) room);
      return into.asSlice(0, Math.min(count, room)).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  /** The names with the NUL that ends each. */
  public static String listxattr(Path path) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(1 << 16);
      long count =
          call(
              arena,
              "llistxattr",
              LONG,
              new MemoryLayout[] {POINTER, POINTER, LONG},
              text(arena, bytes(path)),
              into,
              into.byteSize());
      return new String(
          into.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }
  }

  public static void removexattr(Path path, String name) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          "lremovexattr",
          INT,
          new MemoryLayout[] {POINTER, POINTER},
          text(arena, bytes(path)),
          arena.allocateFrom(name));
    }
  }

  /** statx(2) without following a symbolic link, everything asked for. */
  public static Stat stat(Path path) throws Failed {
    return stat(bytes(path));
  }

  public static Stat stat(byte[] path) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment into = arena.allocate(256, 8);
      int noFollow = 0x100;
      call(
          arena,
          "statx",
          INT,
          new MemoryLayout[] {INT, POINTER, INT, INT, POINTER},
          AT_FDCWD,
          text(arena, path),
          noFollow,
          0xfff,
          into);
      return new Stat(
          into.get(LONG, 32),
          into.get(ValueLayout.JAVA_SHORT, 28) & 0xffff,
          into.get(INT, 16),
          into.get(INT, 20),
          into.get(INT, 24),
          into.get(LONG, 40),
          into.get(LONG, 48),
          into.get(INT, 128),
          into.get(INT, 132),
          time(into, 64),
          time(into, 112),
          time(into, 96),
          time(into, 80));
    }
  }

  /** utimensat(2) without following a symbolic link. */
  public static void utimens(Path path, long atimeNanos, long mtimeNanos) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment times = arena.allocate(32, 8);
      times.set(LONG, 0, Math.floorDiv(atimeNanos, 1_000_000_000L));
      times.set(LONG, 8, Math.floorMod(atimeNanos, 1_000_000_000L));
      times.set(LONG, 16, Math.floorDiv(mtimeNanos, 1_000_000_000L));
      times.set(LONG, 24, Math.floorMod(mtimeNanos, 1_000_000_000L));
      call(
          arena,
          "utimensat",
          INT,
          new MemoryLayout[] {INT, POINTER, POINTER, INT},
          AT_FDCWD,
          text(arena, bytes(path)),
          times,
          0x100);
    }
  }

  private static long time(MemorySegment statx, long at) {
    return statx.get(LONG, at) * 1_000_000_000L + statx.get(INT, at + 8);
  }

  private static void onPath(String name, Path path) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(arena, name, INT, new MemoryLayout[] {POINTER}, text(arena, bytes(path)));
    }
  }

  private static void onPath(String name, Path path, MemoryLayout type, Object argument)
      throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena, name, INT, new MemoryLayout[] {POINTER, type}, text(arena, bytes(path)), argument);
    }
  }

  private static void onPaths(String name, Path one, Path other) throws Failed {
    try (Arena arena = Arena.ofConfined()) {
      call(
          arena,
          name,
          INT,
          new MemoryLayout[] {POINTER, POINTER},
          text(arena, bytes(one)),
          text(arena, bytes(other)));
    }
  }

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static MemorySegment text(Arena arena, byte[] text) {
    MemorySegment segment = arena.allocate(text.length + 1L);
    MemorySegment.copy(text, 0, segment, ValueLayout.JAVA_BYTE, 0, text.length);
    return segment;
  }

  private static long call(
      Arena arena, String name, MemoryLayout result, MemoryLayout[] types, Object... arguments)
      throws Failed {
    return call(arena, name, types.length, result, types, arguments);
  }

  /** Calls a function of libc by reflection: slow, which does not matter in tests. */
  private static long call(
      Arena arena,
      String name,
      int fixed,
      MemoryLayout result,
      MemoryLayout[] types,
      Object... arguments)
      throws Failed {
    Linker linker = Linker.nativeLinker();
    var capture = Linker.Option.captureCallState("errno");
    var descriptor = FunctionDescriptor.of(result, types);
    MemorySegment symbol = linker.defaultLookup().findOrThrow(name);
    MethodHandle handle =
        fixed == types.length
            ? linker.downcallHandle(symbol, descriptor, capture)
            : linker.downcallHandle(
                symbol, descriptor, capture, Linker.Option.firstVariadicArg(fixed));
    MemorySegment state = arena.allocate(CALL_STATE);
    Object[] all = new Object[arguments.length + 1];
    all[0] = state;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    long value;
    try {
      value = ((Number) handle.invokeWithArguments(all)).longValue();
    } catch (Throwable t) {
      throw new AssertionError(name, t);
    }
    if (value < 0) {
      throw new Failed(name, state.get(INT, 0));
    }
    return value;
  }
}
