package org.salvusfs.daemon.vfs;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/** A mounted directory through the C library, with the kernel's own errnos. */
final class LibcPosix implements Posix {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC = 0x7ff;
  private static final int O_NOFOLLOW = 0400000;
  private static final long NANOS = 1_000_000_000L;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final String top;
  private final Map<String, MethodHandle> functions = new ConcurrentHashMap<>();

  LibcPosix(Path top) {
    this.top = top.toString();
  }

  /** One call: its memory, its arguments and its errno. */
  private final class Call implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(STATE);

    MemorySegment path(String path) {
      return text(path.isEmpty() ? top : top + "/" + path);
    }

    MemorySegment text(String text) {
      return arena.allocateFrom(text, ISO_8859_1);
    }

    MemorySegment buffer(long bytes) {
      return arena.allocate(Math.max(bytes, 1), 8);
    }

    MemorySegment bytes(byte[] bytes) {
      return buffer(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
    }

    /** Calls a function that answers a long, or -1 with an errno. */
    long run(String function, Object... arguments) throws FsException {
      long result = (long) invoke(function, JAVA_LONG, arguments);
      // Functions that answer an int leave the upper half undefined.
      boolean failed = function.equals("lseek") ? result == -1 : (int) result == -1;
      if (failed) {
        throw failure();
      }
      return result;
    }

    Object invoke(String function, MemoryLayout result, Object... arguments) {
      MethodHandle handle = function(function, result, arguments);
      List<Object> all = new ArrayList<>();
      all.add(state);
      all.addAll(Arrays.asList(arguments));
      try {
        return handle.invokeWithArguments(all);
      } catch (Throwable e) {
        throw new AssertionError(function, e);
      }
    }

    FsException failure() {
      int code = (int) ERRNO.get(state, 0L);
      for (Errno errno : Errno.values()) {
        if (errno.code() == code) {
          return new FsException(errno);
        }
      }
      throw new AssertionError("errno " + code);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  private MethodHandle function(String name, MemoryLayout result, Object[] arguments) {
    return functions.computeIfAbsent(
        name,
        key -> {
          var layouts = new MemoryLayout[arguments.length];
          for (int i = 0; i < arguments.length; i++) {
            layouts[i] =
                switch (arguments[i]) {
                  case MemorySegment _ -> ADDRESS;
                  case Integer _ -> JAVA_INT;
                  case Long _ -> JAVA_LONG;
                  default -> throw new AssertionError(arguments[i]);
                };
          }
          return LINKER.downcallHandle(
              LINKER.defaultLookup().find(name).orElseThrow(),
              FunctionDescriptor.of(result, layouts),
              Linker.Option.captureCallState("errno"));
        });
  }

  @Override
  public Stat stat(String path) throws FsException {
    try (var call = new Call()) {
      return statx(call, AT_FDCWD, call.path(path), AT_SYMLINK_NOFOLLOW);
    }
  }

  @Override
  public Stat stat(int fd) throws FsException {
    try (var call = new Call()) {
      return statx(call, fd, call.text(""), AT_EMPTY_PATH);
    }
  }

  private static Stat statx(Call call, int fd, MemorySegment path, int flags) throws FsException {
    MemorySegment into = call.buffer(256);
    call.run("statx", fd, path, flags, STATX_BASIC, into);
    int major = into.get(JAVA_INT, 128);
    int minor = into.get(JAVA_INT, 132);
    return new Stat(
        into.get(JAVA_LONG, 32),
        Short.toUnsignedInt(into.get(JAVA_SHORT, 28)),
        into.get(JAVA_INT, 16),
        into.get(JAVA_INT, 20),
        into.get(JAVA_INT, 24),
        into.get(JAVA_LONG, 40),
        (minor & 0xff) | major << 8 | (minor & ~0xff) << 12,
        time(into, 64),
        time(into, 112),
        time(into, 96));
  }

  private static long time(MemorySegment statx, long at) {
    return statx.get(JAVA_LONG, at) * NANOS + statx.get(JAVA_INT, at + 8);
  }

  @Override
  public void mkdir(String path, int mode) throws FsException {
    try (var call = new Call()) {
      call.run("mkdir", call.path(path), mode);
    }
  }

  @Override
  public void mknod(String path, int mode, int rdev) throws FsException {
    long dev = Integer.toUnsignedLong(rdev); // glibc and the kernel encode alike
    try (var call = new Call()) {
      call.run("mknod", call.path(path), mode, dev);
    }
  }

  @Override
  public void symlink(String target, String path) throws FsException {
    try (var call = new Call()) {
      call.run("symlink", call.text(target), call.path(path));
    }
  }

  @Override
  public String readlink(String path) throws FsException {
    try (var call = new Call()) {
      MemorySegment into = call.buffer(4096);
      long count = call.run("readlink", call.path(path), into, 4096L);
      return new String(into.asSlice(0, count).toArray(JAVA_BYTE), ISO_8859_1);
    }
  }

  @Override
  public void link(String from, String to) throws FsException {
    try (var call = new Call()) {
      call.run("link", call.path(from), call.path(to));
    }
  }

  @Override
  public void unlink(String path) throws FsException {
    try (var call = new Call()) {
      call.run("unlink", call.path(path));
    }
  }

  @Override
  public void rmdir(String path) throws FsException {
    try (var call = new Call()) {
      call.run("rmdir", call.path(path));
    }
  }

  @Override
  public void rename(String from, String to, int flags) throws FsException {
    try (var call = new Call()) {
      call.run("renameat2", AT_FDCWD, call.path(from), AT_FDCWD, call.path(to), flags);
    }
  }

  @Override
  public void chmod(String path, int mode) throws FsException {
    try (var call = new Call()) {
      call.run("chmod", call.path(path), mode);
    }
  }

  @Override
  public void chown(String path, int uid, int gid) throws FsException {
    try (var call = new Call()) {
      call.run("lchown", call.path(path), uid, gid);
    }
  }

  @Override
  public void utimens(String path, long atimeNanos, long mtimeNanos) throws FsException {
    try (var call = new Call()) {
      MemorySegment times = call.buffer(32);
      times.setAtIndex(JAVA_LONG, 0, atimeNanos / NANOS);
      times.setAtIndex(JAVA_LONG, 1, atimeNanos % NANOS);
      times.setAtIndex(JAVA_LONG, 2, mtimeNanos / NANOS);
      times.setAtIndex(JAVA_LONG, 3, mtimeNanos % NANOS);
      call.run("utimensat", AT_FDCWD, call.path(path), times, AT_SYMLINK_NOFOLLOW);
    }
  }

  @Override
  public int open(String path, int flags, int mode) throws FsException {
    try (var call = new Call()) {
      return (int) call.run("open", call.path(path), flags | O_NOFOLLOW, mode);
    }
  }

  @Override
  public void close(int fd) {
    try (var call = new Call()) {
      call.invoke("close", JAVA_LONG, fd);
    }
  }

  @Override
  public byte[] read(int fd, long offset, int length) throws FsException {
    try (var call = new Call()) {
      MemorySegment into = call.buffer(length);
      long count = call.run("pread", fd, into, (long) length, offset);
      return into.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }

  @Override
  public int write(int fd, long offset, byte[] bytes) throws FsException {
    try (var call = new Call()) {
      return (int) call.run("pwrite", fd, call.bytes(bytes), (long) bytes.length, offset);
    }
  }

  @Override
  public void truncate(int fd, long size) throws FsException {
    try (var call = new Call()) {
      call.run("ftruncate", fd, size);
    }
  }

  @Override
  public void fallocate(int fd, int mode, long offset, long length) throws FsException {
    try (var call = new Call()) {
      call.run("fallocate", fd, mode, offset, length);
    }
  }

  @Override
  public long seek(int fd, long offset, int whence) throws FsException {
    try (var call = new Call()) {
      return call.run("lseek", fd, offset, whence);
    }
  }

  @Override
  public long copyRange(int from, long fromOffset, int to, long toOffset, long length)
      throws FsException {
    try (var call = new Call()) {
      MemorySegment offsets = call.buffer(16);
      offsets.setAtIndex(JAVA_LONG, 0, fromOffset);
      offsets.setAtIndex(JAVA_LONG, 1, toOffset);
      MemorySegment second = offsets.asSlice(8);
      return call.run("copy_file_range", from, offsets, to, second, length, 0);
    }
  }

  @Override
  public void fsync(int fd) throws FsException {
    try (var call = new Call()) {
      call.run("fsync", fd);
    }
  }

  @Override
  public void setxattr(String path, String name, byte[] value, int flags) throws FsException {
    try (var call = new Call()) {
      MemorySegment bytes = call.bytes(value);
      call.run("lsetxattr", call.path(path), call.text(name), bytes, (long) value.length, flags);
    }
  }

  @Override
  public byte[] getxattr(String path, String name) throws FsException {
    try (var call = new Call()) {
      MemorySegment into = call.buffer(1 << 16);
      long count = call.run("lgetxattr", call.path(path), call.text(name), into, 1L << 16);
      return into.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }

  @Override
  public byte[] listxattr(String path) throws FsException {
    try (var call = new Call()) {
      MemorySegment into = call.buffer(1 << 16);
      long count = call.run("llistxattr", call.path(path), into, 1L << 16);
      return into.asSlice(0, count).toArray(JAVA_BYTE);
    }
  }

  @Override
  public void removexattr(String path, String name) throws FsException {
    try (var call = new Call()) {
      call.run("lremovexattr", call.path(path), call.text(name));
    }
  }

  @Override
  public SortedMap<String, Integer> list(String path) throws FsException {
    var entries = new TreeMap<String, Integer>();
    try (var call = new Call()) {
      var stream = (MemorySegment) call.invoke("opendir", ADDRESS, call.path(path));
      if (stream.address() == 0) {
        throw call.failure();
      }
      while (true) {
        var entry = (MemorySegment) call.invoke("readdir", ADDRESS, stream);
        if (entry.address() == 0) {
          break;
        }
        MemorySegment fields = entry.reinterpret(19 + 256);
        String name = fields.getString(19, ISO_8859_1);
        entries.put(name, (int) fields.get(JAVA_BYTE, 18));
      }
      call.invoke("closedir", JAVA_LONG, stream);
    }
    return entries;
  }
}
