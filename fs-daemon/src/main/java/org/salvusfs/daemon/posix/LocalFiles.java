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
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;

  private static final int LISTING_BYTES = 256 << 10;
  private static final int LINK_BYTES_MAX = 4096;

  /** XATTR_LIST_MAX and XATTR_SIZE_MAX. */
  private static final int XATTR_BYTES_MAX = 64 << 10;

  /** {@code struct linux_dirent64}: where the record's length and the name are. */
  private static final int DIRENT_LENGTH_AT = 16;

  private static final int DIRENT_NAME_AT = 19;

  private LocalFiles() {}

  /** A call with an arena of its own for what it needs; returns a result or sets errno. */
  @FunctionalInterface
  private interface Call {
    long on(Arena arena, MemorySegment state, MemorySegment path) throws Throwable;
  }

  /** The result, or the negative errno. */
  private static long call(byte[] path, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      long result = call.on(arena, state, cString(arena, path));
      return result < 0 ? -Native.errno(state) : result;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    }
  }

  private static MemorySegment cString(Arena arena, byte[] text) {
    MemorySegment copy = arena.allocate(text.length + 1L);
    MemorySegment.copy(text, 0, copy, ValueLayout.JAVA_BYTE, 0, text.length);
    return copy;
  }

  private static byte[] bytes(MemorySegment from, long count) {
    return from.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  /** What the file is. */
  public static LocalStat stat(byte[] path) throws LocalFileException {
    var found = new LocalStat[1];
    long result =
        call(
            path,
            (arena, state, p) -> {
              MemorySegment statx = arena.allocate(LocalStat.BYTES, Long.BYTES);
              int done =
                  (int)
                      STATX.invokeExact(
                          state, AT_FDCWD, p, AT_SYMLINK_NOFOLLOW, LocalStat.MASK, statx);
              found[0] = LocalStat.of(statx);
              return done;
            });
    check("stat", path, result);
    return found[0];
  }

  /** The names in a directory, but {@code .} and {@code ..}, in no particular order. */
  public static List<byte[]> list(byte[] path) throws LocalFileException {
    int fd = open(path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    try (Arena arena = Arena.ofConfined()) {
      var names = new ArrayList<byte[]>();
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      MemorySegment entries = arena.allocate(LISTING_BYTES, Long.BYTES);
      while (true) {
        long filled = (long) GETDENTS.invokeExact(state, fd, entries, (long) LISTING_BYTES);
        check("listing", path, filled < 0 ? -Native.errno(state) : filled);
        if (filled == 0) {
          return names;
        }
        addNames(entries, filled, names);
      }
    } catch (LocalFileException e) {
      throw e;
    } catch (Throwable t) {
      throw Native.unexpected(t);
    } finally {
      LocalFile.close(fd);
    }
  }

  private static void addNames(MemorySegment entries, long filled, List<byte[]> names) {
    for (long at = 0; at < filled; ) {
      long end = at + DIRENT_NAME_AT;
      while (entries.get(ValueLayout.JAVA_BYTE, end) != 0) {
        end++;
      }
      byte[] name = bytes(entries.asSlice(at + DIRENT_NAME_AT), end - at - DIRENT_NAME_AT);
      if (!isDots(name)) {
        names.add(name);
      }
      at += Short.toUnsignedInt(entries.get(ValueLayout.JAVA_SHORT, at + DIRENT_LENGTH_AT));
    }
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  /** A call that fills a buffer and says how much of it. */
  @FunctionalInterface
  private interface Filling {
    long on(Arena arena, MemorySegment state, MemorySegment path, MemorySegment into)
        throws Throwable;
  }

  /**
   * What a call filled in.
   *
   * @param result its count, or the negative errno
   */
  private record Filled(long result, byte[] bytes) {
    byte[] checked(String call, byte[] path) throws LocalFileException {
      check(call, path, result);
      return bytes;
    }
  }

  private static Filled filled(byte[] path, int bytesMax, Filling filling) {
    var bytes = new byte[1][];
    long result =
        call(
            path,
            (arena, state, p) -> {
              MemorySegment into = arena.allocate(bytesMax);
              long count = filling.on(arena, state, p, into);
              bytes[0] = bytes(into, Math.max(0, count));
              return count;
            });
    return new Filled(result, bytes[0]);
  }

  /** What a symbolic link points to. */
  public static byte[] readlink(byte[] path) throws LocalFileException {
    return filled(
            path,
            LINK_BYTES_MAX,
            (arena, state, p, into) ->
                (long) READLINK.invokeExact(state, p, into, (long) LINK_BYTES_MAX))
        .checked("readlink", path);
  }

  /**
   * All extended attributes that the caller may see, ACLs among them ({@code
   * system.posix_acl_access}, {@code system.posix_acl_default}); none where the filesystem has no
   * such thing.
   */
  public static List<Xattr> xattrs(byte[] path) throws LocalFileException {
    Filled names =
        filled(
            path,
            XATTR_BYTES_MAX,
            (arena, state, p, into) ->
                (long) LLISTXATTR.invokeExact(state, p, into, (long) XATTR_BYTES_MAX));
    if (names.result() == -EOPNOTSUPP) {
      return List.of();
    }
    var xattrs = new ArrayList<Xattr>();
    for (byte[] name : xattrNames(names.checked("listing attributes", path))) {
      Filled value =
          filled(
              path,
              XATTR_BYTES_MAX,
              (arena, state, p, into) ->
                  (long)
                      LGETXATTR.invokeExact(
                          state, p, cString(arena, name), into, (long) XATTR_BYTES_MAX));
      if (value.result() != -ENODATA) { // it has not gone since it was listed
        xattrs.add(new Xattr(name, value.checked("reading an attribute", path)));
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
    long fd = call(path, (arena, state, p) -> (int) OPEN.invokeExact(state, p, flags));
    check("open", path, fd);
    return (int) fd;
  }

  static void check(String call, byte[] path, long result) throws LocalFileException {
    if (result < 0) {
      throw new LocalFileException(call, path, (int) -result);
    }
  }
}
