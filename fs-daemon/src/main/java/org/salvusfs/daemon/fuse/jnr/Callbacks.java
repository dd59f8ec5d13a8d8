package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of the functions in {@code struct fuse_operations}, each named by its arguments: a
 * path or other memory is a {@code Pointer}; mode_t, uid_t, gid_t are {@code int}; size_t, off_t,
 * dev_t are {@code long}. With {@code nopath} the path is null where there is a handle. Results are
 * a count, 0 or a negative errno. Public because jnr generates code that calls them.
 */
final class Callbacks {
  private Callbacks() {}

  /** unlink, rmdir. */
  public interface Path {
    @Delegate
    int call(Pointer path);
  }

  /**
   * Two paths, or a path and a structure: getattr, utimens, statfs, open, opendir, release,
   * releasedir (whose paths may be null), symlink, rename, link, removexattr.
   */
  public interface PathPointer {
    @Delegate
    int call(@Nullable Pointer path, Pointer other);
  }

  /** mkdir, chmod. */
  public interface PathInt {
    @Delegate
    int call(Pointer path, int mode);
  }

  /** chown. */
  public interface PathIntInt {
    @Delegate
    int call(Pointer path, int uid, int gid);
  }

  /** mknod. */
  public interface PathIntLong {
    @Delegate
    int call(Pointer path, int mode, long device);
  }

  /** truncate. */
  public interface PathLong {
    @Delegate
    int call(Pointer path, long size);
  }

  /** create, fsync, fsyncdir. */
  public interface PathIntPointer {
    @Delegate
    int call(@Nullable Pointer path, int modeOrDataOnly, Pointer fileInfo);
  }

  /** ftruncate. */
  public interface PathLongPointer {
    @Delegate
    int call(@Nullable Pointer path, long size, Pointer fileInfo);
  }

  /** fgetattr. */
  public interface PathPointerPointer {
    @Delegate
    int call(@Nullable Pointer path, Pointer stat, Pointer fileInfo);
  }

  /** readlink, listxattr. */
  public interface PathPointerLong {
    @Delegate
    int call(Pointer path, @Nullable Pointer buffer, long size);
  }

  /** getxattr. */
  public interface PathPointerPointerLong {
    @Delegate
    int call(Pointer path, Pointer name, @Nullable Pointer buffer, long size);
  }

  /** setxattr. */
  public interface PathPointerPointerLongInt {
    @Delegate
    int call(Pointer path, Pointer name, @Nullable Pointer value, long size, int flags);
  }

  /** read, write. */
  public interface PathPointerLongLongPointer {
    @Delegate
    int call(@Nullable Pointer path, Pointer buffer, long size, long offset, Pointer fileInfo);
  }

  /** readdir. */
  public interface PathPointerPointerLongPointer {
    @Delegate
    int call(@Nullable Pointer path, Pointer buffer, Pointer filler, long offset, Pointer fileInfo);
  }

  /** fallocate. */
  public interface PathIntLongLongPointer {
    @Delegate
    int call(@Nullable Pointer path, int mode, long offset, long length, Pointer fileInfo);
  }

  /** ioctl. */
  public interface PathIntPointerPointerIntPointer {
    @Delegate
    int call(
        @Nullable Pointer path,
        int command,
        @Nullable Pointer argument,
        Pointer fileInfo,
        int flags,
        @Nullable Pointer data);
  }
}
