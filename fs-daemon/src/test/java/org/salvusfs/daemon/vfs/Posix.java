package org.salvusfs.daemon.vfs;

import java.util.SortedMap;
import org.salvusfs.daemon.fs.FsException;

/**
 * A filesystem as programs see it, by path and descriptor: the language of {@link
 * FileSystemContract}. Spoken by the C library for real mounts and by {@link VfsPosix} for a
 * filesystem in this process. Paths are relative to the top; the last component is not followed.
 */
interface Posix {
  int O_RDONLY = 0;
  int O_RDWR = 2;
  int O_CREAT = 0100;
  int O_EXCL = 0200;
  int O_TRUNC = 01000;
  int O_APPEND = 02000;
  int O_SYNC = 04010000;

  /** What stat shows; times in nanoseconds since 1970. */
  record Stat(
      long ino,
      int mode,
      int nlink,
      int uid,
      int gid,
      long size,
      int rdev,
      long atime,
      long mtime,
      long ctime) {}

  Stat stat(String path) throws FsException;

  Stat stat(int fd) throws FsException;

  void mkdir(String path, int mode) throws FsException;

  void mknod(String path, int mode, int rdev) throws FsException;

  void symlink(String target, String path) throws FsException;

  String readlink(String path) throws FsException;

  void link(String from, String to) throws FsException;

  void unlink(String path) throws FsException;

  void rmdir(String path) throws FsException;

  void rename(String from, String to, int flags) throws FsException;

  void chmod(String path, int mode) throws FsException;

  void chown(String path, int uid, int gid) throws FsException;

  void utimens(String path, long atimeNanos, long mtimeNanos) throws FsException;

  int open(String path, int flags, int mode) throws FsException;

  void close(int fd);

  /** Up to {@code length} bytes. */
  byte[] read(int fd, long offset, int length) throws FsException;

  int write(int fd, long offset, byte[] bytes) throws FsException;

  void truncate(int fd, long size) throws FsException;

  void fallocate(int fd, int mode, long offset, long length) throws FsException;

  long seek(int fd, long offset, int whence) throws FsException;

  long copyRange(int from, long fromOffset, int to, long toOffset, long length) throws FsException;

  void fsync(int fd) throws FsException;

  void setxattr(String path, String name, byte[] value, int flags) throws FsException;

  byte[] getxattr(String path, String name) throws FsException;

  /** Names, each followed by NUL. */
  byte[] listxattr(String path) throws FsException;

  void removexattr(String path, String name) throws FsException;

  /** Names with their {@code d_type}, dots included. */
  SortedMap<String, Integer> list(String path) throws FsException;
}
