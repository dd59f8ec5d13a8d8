package org.salvusfs.daemon.fs;

/**
 * A filesystem by inode, the shape of the FUSE protocol without its encoding. Thread-safe. Every
 * method may block on the store and throws {@link FsException} with the errno for the caller.
 *
 * <p>Names are raw bytes without {@code /} and NUL; implementations check lengths (255) and {@code
 * .}/{@code ..}. Each {@link Attr} returned by lookup, mknod, mkdir, symlink, link, create, or
 * accepted by a {@link DirSink}, counts as one lookup of its node until {@link #forget}. Modes and
 * flags have Linux's values.
 */
public interface FileSystem {
  /**
   * A flag of {@link #setxattr}: with an access ACL the setgid bit goes, because the caller is not
   * in the file's group.
   */
  int ACL_KILL_SETGID = 1 << 16;

  /** The handle of a regular file that was not opened here. */
  long UNOPENED = 0;

  /** The node of the top directory. */
  long ROOT = 1;

  /**
   * {@code .} is the parent itself, of whatever type: so the kernel finds a node again that it has
   * forgotten, for a file handle. ESTALE if it exists no more.
   */
  Attr lookup(Caller caller, long parent, byte[] name) throws FsException;

  /**
   * Whether names appear in a directory without the kernel's doing: then it must ask again for what
   * was not there.
   */
  default boolean namesAppear(long directory) {
    return directory == ROOT;
  }

  /** Takes back {@code lookups} lookups; at zero an inode without links is reclaimed. */
  void forget(long node, long lookups);

  Attr getattr(long node) throws FsException;

  Attr setattr(Caller caller, long node, SetAttr change) throws FsException;

  byte[] readlink(long node) throws FsException;

  /** Creates a regular file, fifo, socket or device node. */
  Attr mknod(Caller caller, long parent, byte[] name, int mode, int rdev) throws FsException;

  Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException;

  Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException;

  void unlink(Caller caller, long parent, byte[] name) throws FsException;

  void rmdir(Caller caller, long parent, byte[] name) throws FsException;

  /**
   * {@code flags}: RENAME_NOREPLACE (1) or RENAME_EXCHANGE (2); RENAME_WHITEOUT (4), alone or with
   * NOREPLACE, leaves a character device 0:0 under the old name. Others are EINVAL.
   */
  void rename(Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException;

  Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException;

  /**
   * Creates (or, without O_EXCL in {@code flags}, opens) a regular file. One that exists and is
   * truncated loses setuid and setgid unless root asks; a new one has the mode it is given.
   */
  Opened create(Caller caller, long parent, byte[] name, int mode, int flags) throws FsException;

  /**
   * Creates and opens a regular file without a name, in the project and with the inheritance of a
   * directory. {@link #link} can give it a name; otherwise it goes with its last lookup.
   */
  Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException;

  /**
   * Returns a handle. O_TRUNC is honoured.
   *
   * <p>A regular file that has lookups can be used without it: where the kernel opens files by
   * itself, whatever takes a handle is given {@link #UNOPENED}, and what an open would have refused
   * is refused by the operations.
   */
  long open(Caller caller, long node, int flags) throws FsException;

  /**
   * Fills {@code into}; fewer bytes only at the end of the file. Returns the count. With O_NOATIME
   * among {@code flags}, those of the descriptor at this moment, the access time stays.
   */
  int read(long node, long handle, long offset, java.nio.ByteBuffer into, int flags)
      throws FsException;

  /**
   * Writes all remaining bytes; with O_APPEND among {@code flags} the kernel has set the offset.
   * With O_SYNC or O_DSYNC durable on return. EDQUOT if the project may not grow by so much for
   * this caller; nothing is written then.
   */
  int write(
      Caller caller,
      long node,
      long handle,
      long offset,
      java.nio.ByteBuffer from,
      int flags,
      boolean killSuidgid)
      throws FsException;

  void release(long node, long handle);

  /** On return the file's present contents and every earlier namespace change are durable. */
  void fsync(long node, boolean dataOnly) throws FsException;

  long opendir(Caller caller, long node) throws FsException;

  /**
   * Offers entries after {@code cookie} (0 is the start). Every entry that stays in the directory
   * is offered exactly once in a walk, whatever else changes.
   */
  void readdir(long node, long handle, long cookie, boolean plus, DirSink sink) throws FsException;

  void releasedir(long node, long handle);

  /** On return every earlier namespace change is durable. */
  void fsyncdir(long node) throws FsException;

  StatFs statfs(long node) throws FsException;

  /** {@code flags}: 0, XATTR_CREATE (1), XATTR_REPLACE (2), {@link #ACL_KILL_SETGID}. */
  void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags) throws FsException;

  /** The value; ENODATA if there is none. */
  byte[] getxattr(long node, byte[] name) throws FsException;

  /** Names, each followed by a NUL byte. */
  byte[] listxattr(long node) throws FsException;

  void removexattr(Caller caller, long node, byte[] name) throws FsException;

  /** {@code mode}: the FALLOC_FL_* bits; EOPNOTSUPP for those that are not offered. */
  void fallocate(Caller caller, long node, long handle, int mode, long offset, long length)
      throws FsException;

  /** {@code whence}: SEEK_DATA (3) or SEEK_HOLE (4). */
  long lseek(long node, long handle, long offset, int whence) throws FsException;

  /** Copies by sharing chunks where it can; returns the bytes copied. */
  long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException;

  /** The mount is going away: make everything durable. */
  void destroy();
}
