package org.salvusfs.daemon.fuse.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The operations of the FUSE protocol that the kernel may ask for, with the least number of bytes
 * that must follow the request's header.
 *
 * @see "linux/include/uapi/linux/fuse.h, enum fuse_opcode, protocol 7.45"
 */
enum Opcode {
  LOOKUP(1, 2),
  FORGET(2, 8),
  GETATTR(3, 16),
  SETATTR(4, 88),
  READLINK(5, 0),
  SYMLINK(6, 4),
  MKNOD(8, 18),
  MKDIR(9, 10),
  UNLINK(10, 2),
  RMDIR(11, 2),
  RENAME(12, 12),
  LINK(13, 10),
  OPEN(14, 8),
  READ(15, 40),
  WRITE(16, 40),
  STATFS(17, 0),
  RELEASE(18, 24),
  FSYNC(20, 16),
  SETXATTR(21, 10),
  GETXATTR(22, 10),
  LISTXATTR(23, 8),
  REMOVEXATTR(24, 2),
  FLUSH(25, 24),
  INIT(26, 16),
  OPENDIR(27, 8),
  READDIR(28, 40),
  RELEASEDIR(29, 24),
  FSYNCDIR(30, 16),
  GETLK(31, 0),
  SETLK(32, 0),
  SETLKW(33, 0),
  ACCESS(34, 0),
  CREATE(35, 18),
  INTERRUPT(36, 8),
  BMAP(37, 0),
  DESTROY(38, 0),
  IOCTL(39, 0),
  POLL(40, 0),
  NOTIFY_REPLY(41, 0),
  BATCH_FORGET(42, 8),
  FALLOCATE(43, 32),
  READDIRPLUS(44, 40),
  RENAME2(45, 20),
  LSEEK(46, 24),
  COPY_FILE_RANGE(47, 56),
  SETUPMAPPING(48, 0),
  REMOVEMAPPING(49, 0),
  SYNCFS(50, 0),
  TMPFILE(51, 16),
  STATX(52, 24),
  COPY_FILE_RANGE_64(53, 56);

  private static final @Nullable Opcode[] BY_CODE = new @Nullable Opcode[54];

  static {
    for (Opcode opcode : values()) {
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;
  private final int bodyBytesMin;

  Opcode(int code, int bodyBytesMin) {
    this.code = code;
    this.bodyBytesMin = bodyBytesMin;
  }

  /** The operation's number on the wire. */
  int code() {
    return code;
  }

  /** Shorter requests are malformed. */
  int bodyBytesMin() {
    return bodyBytesMin;
  }

  /** Null for a number that this version does not know. */
  static @Nullable Opcode of(int code) {
    return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }
}
