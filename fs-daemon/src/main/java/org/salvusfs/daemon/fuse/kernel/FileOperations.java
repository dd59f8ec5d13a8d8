package org.salvusfs.daemon.fuse.kernel;

import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;

/**
 * Requests about open files and their contents.
 *
 * <p>Where the kernel opens files by itself ({@link Negotiated#opens}), no file is open here beyond
 * the request that makes it, and the handles that the kernel names mean nothing.
 */
final class FileOperations {
  private static final SetAttr KILL_SUIDGID =
      new SetAttr(null, null, null, null, null, null, null, true);

  /** The 32-bit count of the old COPY_FILE_RANGE reply, cut to whole pages. */
  private static final long COPY_BYTES_MAX = 0x7ffff000L;

  private final FileSystem fs;
  private final boolean opens;

  /**
   * @param opens whether the kernel has files opened and released here
   */
  FileOperations(FileSystem fs, boolean opens) {
    this.fs = fs;
    this.opens = opens;
  }

  /**
   * fuse_open_in: flags, open_flags u32. ENOSYS makes the kernel open files by itself from now on,
   * keep their pages, and send no RELEASE.
   */
  void open(Request in, Reply out) throws FsException {
    requireOpens();
    long handle = fs.open(in.caller(), in.node(), in.int32(0));
    if ((in.int32(4) & Abi.OPEN_KILL_SUIDGID) != 0) {
      killSuidgidOf(in.node(), handle, in);
    }
    out.openedFile(handle);
  }

  /**
   * fuse_create_in: flags, mode, umask, open_flags u32; name. OPEN_KILL_SUIDGID among the flags
   * speaks of a file that is there and is truncated; a new one has the bits that were asked for.
   * ENOSYS makes the kernel use MKNOD from now on and open what it made by itself.
   */
  void create(Request in, Reply out) throws FsException {
    requireOpens();
    Opened opened =
        fs.create(in.caller(in.int32(8)), in.node(), in.name(16), in.int32(4), in.int32(0));
    out.created(opened.attr(), opened.handle());
  }

  /**
   * fuse_create_in: flags, mode, umask, open_flags u32; a name without meaning. The kernel keeps
   * O_EXCL to itself: it lets nobody name such a file.
   */
  void tmpfile(Request in, Reply out) throws FsException {
    Opened opened = fs.tmpfile(in.caller(in.int32(8)), in.node(), in.int32(4), in.int32(0));
    if (opens) {
      out.created(opened.attr(), opened.handle());
    } else {
      fs.release(opened.attr().node(), opened.handle());
      out.createdUnopened(opened.attr());
    }
  }

  private void requireOpens() throws FsException {
    if (!opens) {
      throw new FsException(Errno.ENOSYS, "the kernel opens files itself");
    }
  }

  /** The handle that a request names, at its beginning as in all of them. */
  private long handle(Request in) {
    return opens ? in.int64(0) : FileSystem.UNOPENED;
  }

  private void killSuidgidOf(long node, long handle, Request in) throws FsException {
    try {
      fs.setattr(in.caller(), node, KILL_SUIDGID);
    } catch (FsException e) {
      fs.release(node, handle);
      throw e;
    }
  }

  /** fuse_read_in: fh, offset u64; size, read_flags u32; lock_owner u64; flags, padding u32. */
  void read(Request in, Reply out) throws FsException {
    long offset = notNegative(in.int64(8));
    int size = Math.clamp(Integer.toUnsignedLong(in.int32(16)), 0, out.bodyBytesMax());
    out.data(fs.read(in.node(), handle(in), offset, out.room(size), in.int32(32)));
  }

  /** fuse_write_in: fh, offset u64; size, write_flags u32; lock_owner u64; flags, padding u32. */
  void write(Request in, Reply out) throws FsException {
    long offset = notNegative(in.int64(8));
    int writeFlags = in.int32(20);
    out.count(
        fs.write(
            (writeFlags & Abi.WRITE_CACHE) != 0 ? Caller.WRITEBACK : in.caller(),
            in.node(),
            handle(in),
            offset,
            in.payload(Abi.WRITE_IN_BYTES, in.int32(16)),
            in.int32(32),
            (writeFlags & Abi.WRITE_KILL_SUIDGID) != 0));
  }

  /**
   * fuse_release_in: fh u64; flags, release_flags u32; lock_owner u64. From a kernel that has not
   * met the refusal of an OPEN yet it comes also for a TMPFILE, which is not open here.
   */
  void release(Request in) {
    if (opens) {
      fs.release(in.node(), in.int64(0));
    }
  }

  /** fuse_fsync_in: fh u64; fsync_flags, padding u32. */
  void fsync(Request in) throws FsException {
    fs.fsync(in.node(), (in.int32(8) & Abi.FSYNC_DATA_ONLY) != 0);
  }

  /** fuse_fallocate_in: fh, offset, length u64; mode, padding u32. */
  void fallocate(Request in) throws FsException {
    long offset = notNegative(in.int64(8));
    long length = notNegative(in.int64(16));
    fs.fallocate(in.caller(), in.node(), handle(in), in.int32(24), offset, length);
    killSuidgidUnasked(in, in.node());
  }

  /** fuse_lseek_in: fh, offset u64; whence, padding u32. */
  void lseek(Request in, Reply out) throws FsException {
    out.number(fs.lseek(in.node(), handle(in), in.int64(8), in.int32(16)));
  }

  void copyFileRange(Request in, Reply out) throws FsException {
    out.count((int) copy(in, Math.min(in.int64(40), COPY_BYTES_MAX)));
  }

  void copyFileRange64(Request in, Reply out) throws FsException {
    out.number(copy(in, in.int64(40)));
  }

  /** fuse_copy_file_range_in: fh_in, off_in, nodeid_out, fh_out, off_out, len, flags u64. */
  private long copy(Request in, long length) throws FsException {
    if (in.int64(48) != 0) {
      throw new FsException(Errno.EINVAL, "unknown flags of copy_file_range");
    }
    long fromOffset = notNegative(in.int64(8));
    long toOffset = notNegative(in.int64(32));
    long target = in.int64(16);
    long copied =
        fs.copyFileRange(in.caller(), in.node(), fromOffset, target, toOffset, notNegative(length));
    killSuidgidUnasked(in, target);
    return copied;
  }

  /**
   * Under KILLPRIV_V2 the kernel leaves setuid and setgid of a changed file to the filesystem, but
   * these requests have no flag that says whether the caller may keep them: only root may.
   */
  private void killSuidgidUnasked(Request in, long node) throws FsException {
    if (in.caller().uid() != 0) {
      fs.setattr(in.caller(), node, KILL_SUIDGID);
    }
  }

  private static long notNegative(long offset) throws FsException {
    if (offset < 0) {
      throw new FsException(Errno.EINVAL, "negative offset or length");
    }
    return offset;
  }
}
