package org.salvusfs.daemon.vfs;

/** Numbers of the Linux interface, as in {@code asm-generic/fcntl.h} and {@code linux/fs.h}. */
final class Linux {
  static final int O_ACCMODE = 03;
  static final int O_EXCL = 0200;
  static final int O_TRUNC = 01000;
  static final int O_APPEND = 02000;

  /** Also set in O_SYNC. */
  static final int O_DSYNC = 010000;

  static final int O_NOATIME = 01000000;

  static final int S_ISUID = 04000;
  static final int S_ISGID = 02000;
  static final int S_IXGRP = 010;

  /** Read, write and execute for all three classes. */
  static final int PERMISSION_BITS = 0777;

  /** All bits that chmod sets. */
  static final int MODE_BITS = 07777;

  static final int RENAME_NOREPLACE = 1;
  static final int RENAME_EXCHANGE = 2;
  static final int RENAME_WHITEOUT = 4;

  static final int FALLOC_KEEP_SIZE = 1;
  static final int FALLOC_PUNCH_HOLE = 2;
  static final int FALLOC_ZERO_RANGE = 0x10;

  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;

  static final int XATTR_CREATE = 1;
  static final int XATTR_REPLACE = 2;

  private Linux() {}
}
