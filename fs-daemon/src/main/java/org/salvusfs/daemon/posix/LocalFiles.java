package org.salvusfs.daemon.posix;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at files by paths of bytes, without following a link at their end. Paths have at most 4,095
 * bytes (PATH_MAX). All methods may block on the disk.
 */
public final class LocalFiles {
  /** An extended attribute. */
  public record Xattr(byte[] name, byte[] value) {}

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle STATX =
      Native.function("statx", INT, INT, POINTER, INT, INT, POINTER);
  private static final MethodHandle OPEN = Native.variadic("open", 2, INT, POINTER, INT);
  private static final MethodHandle GETDENTS =
      Native.function("getdents64", LONG, INT, POINTER, LONG);
  private static final MethodHandle READLINK =
      Native.function("readlink", LONG, POINTER, POINTER, LONG);
  private static final MethodHandle LLISTXATTR =
      Native.function("llistxattr", LONG, POINTER, POINTER, LONG);
  private static final MethodHandle LGETXATTR =
      Native.function("lgetxattr", LONG, POINTER, POINTER, POINTER, LONG);

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int O_DIRECTORY = 0200000;
  private static final int O_NOFOLLOW = 0400000;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_NONBLOCK = 04000;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;
  private static final int ENAMETOOLONG = 36;

  /** PATH_MAX, which counts the NUL at the end; XATTR_NAME_MAX does not. */
  private static final int PATH_BYTES_MAX = 4096;

  private static final int XATTR_NAME_BYTES_MAX = 256;

  /** XATTR_LIST_MAX and XATTR_SIZE_MAX; more than enough for links, and for parts of listings. */
  private static final int ANSWER_BYTES_MAX = 64 << 10;

  /** {@code struct linux_dirent64}: where the record's length and the name are. */
  private static final int DIRENT_LENGTH_AT = 16;

  private static final int DIRENT_NAME_AT = 19;

  private LocalFiles() {}

  /**
   * What a thread's calls are given and answer into: memory of their own costs more than a call.
   */
  private static final class Scratch {
    private final Arena arena = Arena.ofAuto();
    final MemorySegment state = arena.allocate(Native.CALL_STATE);
    final MemorySegment path = arena.allocate(PATH_BYTES_MAX);
    final MemorySegment attribute = arena.allocate(XATTR_NAME_BYTES_MAX);
    final MemorySegment statx = arena.allocate(LocalStat.BYTES, Long.BYTES);
    final MemorySegment answer = arena.allocate(ANSWER_BYTES_MAX, Long.BYTES);
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** A call about the path in the scratch memory; returns a result or sets errno. */
  @FunctionalInterface
  private interface Call {
    long on(Scratch scratch) throws Throwable;
  }

  /** The result, or the negative errno. */
  private static long call(byte[] path, Call call) {
    if (path.length >= PATH_BYTES_MAX) {
      return -ENAMETOOLONG;
    }
    Scratch scratch = SCRATCH.get();
    put(path, scratch.path);
    try {
      long result = call.on(scratch);
      return result < 0 ? -Native.errno(scratch.state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  /** Puts a text there, with a NUL byte behind it. */
  private static void put(byte[] text, MemorySegment there) {
    MemorySegment.copy(text, 0, there, ValueLayout.JAVA_BYTE, 0, text.length);
    there.set(ValueLayout.JAVA_BYTE, text.length, (byte) 0);
  }

  private static byte[] bytes(MemorySegment from, long offset, long count) {
    var copy = new byte[(int) count];
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, copy, 0, copy.length);
    return copy;
  }

  /** What the file is. */
  public static LocalStat stat(byte[] path) throws LocalFileException {
    return stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, path);
  }

  /** What an open file is. */
  static LocalStat stat(int fd, byte[] path) throws LocalFileException {
    return stat(fd, new byte[0], AT_EMPTY_PATH, path);
  }

  private static LocalStat stat(int from, byte[] path, int flags, byte[] shown)
      throws LocalFileException {
    long result =
        call(
            path,
            s -> (int) STATX.invokeExact(s.state, from, s.path, flags, LocalStat.MASK, s.statx));
    check("stat", shown, result);
    return LocalStat.of(SCRATCH.get().statx);
  }

  /** The names in a directory, but {@code .} and {@code ..}, in no particular order. */
  public static List<byte[]> list(byte[] path) throws LocalFileException {
    int fd = open(path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    try {
      var names = new ArrayList<byte[]>();
      while (true) {
        long filled =
            call(
                path,
                s -> (long) GETDENTS.invokeExact(s.state, fd, s.answer, (long) ANSWER_BYTES_MAX));
        check("listing", path, filled);
        if (filled == 0) {
          return names;
        }
        addNames(SCRATCH.get().answer, filled, names);
      }
    } finally {
      LocalFile.close(fd);
    }
  }

  private static void addNames(MemorySegment entries, long filled, List<byte[]> names) {
    for (long at = 0; at < filled; ) {
      long start = at + DIRENT_NAME_AT;
      long end = start;
      while (entries.get(ValueLayout.JAVA_BYTE, end) != 0) {
        end++;
      }
      byte[] name = bytes(entries, start, end - start);
      if (!isDots(name)) {
        names.add(name);
      }
      at += Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT, at + DIRENT_LENGTH_AT));
    }
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  /** What a call answered whose result is the length of its answer, or a negative errno. */
  private static byte[] answer(String call, byte[] path, long result) throws LocalFileException {
    check(call, path, result);
    return bytes(SCRATCH.get().answer, 0, result);
  }

  /** What a symbolic link points to. */
  public static byte[] readlink(byte[] path) throws LocalFileException {
    return answer(
        "readlink",
        path,
        call(
            path,
            s -> (long) READLINK.invokeExact(s.state, s.path, s.answer, (long) ANSWER_BYTES_MAX)));
  }

  /**
   * All extended attributes that the caller may see, ACLs among them ({@code
   * system.posix_acl_access}, {@code system.posix_acl_default}); none where the filesystem has no
   * such thing.
   */
  public static List<Xattr> xattrs(byte[] path) throws LocalFileException {
    long listed =
        call(
            path,
            s -> (long) LLISTXATTR.invokeExact(s.state, s.path, s.answer, (long) ANSWER_BYTES_MAX));
    if (listed == 0 || listed == -EOPNOTSUPP) {
      return List.of();
    }
    var xattrs = new ArrayList<Xattr>();
    for (byte[] name : xattrNames(answer("listing attributes", path, listed))) {
      long length =
          call(
              path,
              s -> {
                put(name, s.attribute);
                return (long)
                    LGETXATTR.invokeExact(
                        s.state, s.path, s.attribute, s.answer, (long) ANSWER_BYTES_MAX);
              });
      if (length != -ENODATA) { // it has not gone since it was listed
        xattrs.add(new Xattr(name, answer("reading an attribute", path, length)));
      }
    }
    return xattrs;
  }

  /** The names in an answer of listxattr(2), where each is followed by a NUL byte. */
  public static List<byte[]> xattrNames(byte[] listed) {
    var names = new ArrayList<byte[]>();
    for (int at = 0, end; at < listed.length; at = end + 1) {
      end = at;
      while (listed[end] != 0) {
        end++;
      }
      names.add(Arrays.copyOfRange(listed, at, end));
    }
    return names;
  }

  /** Opens a regular file for reading. A fifo that took its place does not block. */
  public static LocalFile openFile(byte[] path) throws LocalFileException {
    return new LocalFile(path, open(path, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  }

  private static int open(byte[] path, int flags) throws LocalFileException {
    long fd = call(path, s -> (int) OPEN.invokeExact(s.state, s.path, flags));
    check("open", path, fd);
    return (int) fd;
  }

  static void check(String call, byte[] path, long result) throws LocalFileException {
    if (result < 0) {
      throw new LocalFileException(call, path, (int) -result);
    }
  }
}
