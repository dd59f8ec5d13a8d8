package org.salvusfs.daemon.fuse.kernel;

/**
 * Sizes, offsets and flags of the structures on /dev/fuse. Everything is little-endian (the
 * machine's order on x86-64 and arm64). Offsets inside requests count from the end of the request
 * header, offsets inside replies from the end of the reply header.
 *
 * @see "linux/include/uapi/linux/fuse.h, protocol 7.45"
 */
final class Abi {
  /** The major version: every kernel since 2.6.15. */
  static final int MAJOR = 7;

  /** The newest minor version whose structures are described here. */
  static final int MINOR_MAX = 45;

  /** The oldest minor version served: 7.31 (Linux 5.4) has everything but KILLPRIV_V2. */
  static final int MINOR_MIN = 31;

  /** fuse_in_header: len u32, opcode u32, unique u64, nodeid u64, uid, gid, pid u32, pad u32. */
  static final int IN_HEADER_BYTES = 40;

  static final int IN_LENGTH = 0;
  static final int IN_OPCODE = 4;
  static final int IN_UNIQUE = 8;
  static final int IN_NODE = 16;
  static final int IN_UID = 24;
  static final int IN_GID = 28;
  static final int IN_PID = 32;

  /** fuse_out_header: len u32, error i32 (0 or a negative errno), unique u64. */
  static final int OUT_HEADER_BYTES = 16;

  static final int OUT_LENGTH = 0;
  static final int OUT_ERROR = 4;
  static final int OUT_UNIQUE = 8;

  static final int ATTR_BYTES = 88;
  static final int ENTRY_OUT_BYTES = 128;
  static final int ATTR_OUT_BYTES = 104;
  static final int STATX_OUT_BYTES = 288;
  static final int OPEN_OUT_BYTES = 16;
  static final int STATFS_OUT_BYTES = 80;
  static final int INIT_OUT_BYTES = 64;

  /** fuse_dirent without its name: ino u64, off u64, namelen u32, type u32. */
  static final int DIRENT_BYTES = 24;

  /** fuse_write_in; the data follow it, hence at byte 80 of the request. */
  static final int WRITE_IN_BYTES = 40;

  /** Largest READ and WRITE: 256 pages. */
  static final int IO_BYTES_MAX = 1 << 20;

  static final int IO_PAGES_MAX = 256;

  /** What a read of /dev/fuse must have room for, or it fails with EINVAL. */
  static final int REQUEST_BYTES_MAX = IO_BYTES_MAX + 4096;

  /** Bits of fuse_init_in.flags and fuse_init_out.flags. */
  static final class Init {
    static final int ASYNC_READ = 1;
    static final int ATOMIC_O_TRUNC = 1 << 3;
    static final int EXPORT_SUPPORT = 1 << 4;
    static final int BIG_WRITES = 1 << 5;
    static final int DONT_MASK = 1 << 6;
    static final int DO_READDIRPLUS = 1 << 13;
    static final int READDIRPLUS_AUTO = 1 << 14;
    static final int ASYNC_DIO = 1 << 15;
    static final int WRITEBACK_CACHE = 1 << 16;
    static final int NO_OPEN_SUPPORT = 1 << 17;
    static final int PARALLEL_DIROPS = 1 << 18;
    static final int POSIX_ACL = 1 << 20;
    static final int ABORT_ERROR = 1 << 21;
    static final int MAX_PAGES = 1 << 22;
    static final int CACHE_SYMLINKS = 1 << 23;
    static final int HANDLE_KILLPRIV_V2 = 1 << 28;
    static final int SETXATTR_EXT = 1 << 29;

    private Init() {}
  }

  /** Bits of fuse_setattr_in.valid. */
  static final class SetattrValid {
    static final int MODE = 1;
    static final int UID = 1 << 1;
    static final int GID = 1 << 2;
    static final int SIZE = 1 << 3;
    static final int ATIME = 1 << 4;
    static final int MTIME = 1 << 5;
    static final int CTIME = 1 << 10;
    static final int KILL_SUIDGID = 1 << 11;

    private SetattrValid() {}
  }

  /** fuse_open_in.open_flags: the open truncates and must clear setuid and setgid. */
  static final int OPEN_KILL_SUIDGID = 1;

  /** fuse_setxattr_in.setxattr_flags: the access ACL takes the setgid bit away. */
  static final int SETXATTR_ACL_KILL_SGID = 1;

  /** fuse_write_in.write_flags: clear setuid and setgid. */
  static final int WRITE_CACHE = 1;

  static final int WRITE_KILL_SUIDGID = 1 << 2;

  /** fuse_fsync_in.fsync_flags: fdatasync. */
  static final int FSYNC_DATA_ONLY = 1;

  /** fuse_open_out.open_flags: cached pages (of a directory: entries) stay valid. */
  static final int FOPEN_KEEP_CACHE = 1 << 1;

  /** fuse_open_out.open_flags: the kernel may keep the entries of this directory. */
  static final int FOPEN_CACHE_DIR = 1 << 3;

  /** STATX_BASIC_STATS | STATX_BTIME. */
  static final int STATX_MASK = 0xfff;

  /** Codes of messages that the daemon sends by itself: they take the place of the errno. */
  static final int NOTIFY_INVAL_INODE = 2;

  static final int NOTIFY_INVAL_ENTRY = 3;

  private Abi() {}

  /** The length rounded up to the eight bytes at which directory entries are aligned. */
  static int aligned(int bytes) {
    return (bytes + 7) & ~7;
  }
}
