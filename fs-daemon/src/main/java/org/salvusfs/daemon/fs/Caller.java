package org.salvusfs.daemon.fs;

/**
 * Who asks: the thread's filesystem ids. Permissions are checked by the kernel
 * (default_permissions).
 *
 * @param umask of the calling process: what new inodes do not get, unless a default ACL of their
 *     directory says what they get; 0 where the kernel has applied it
 */
public record Caller(int uid, int gid, int pid, int umask) {
  /**
   * The kernel, which writes back pages that a program changed in its memory (mmap, or the
   * writeback cache): whose they were is not known, so it is nobody.
   */
  public static final Caller WRITEBACK = new Caller(-1, -1, 0, 0);

  /** Whether it is root. */
  public boolean isRoot() {
    return uid == 0;
  }
}
