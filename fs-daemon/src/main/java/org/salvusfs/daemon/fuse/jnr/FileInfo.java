package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.Pointer;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/** What is used of {@code struct fuse_file_info}: the flags of the open and the file's number. */
final class FileInfo {
  private FileInfo() {}

  /** The O_* flags; in create, open, read and write those of the request. */
  static int flags(Pointer fileInfo) {
    return FuseFileInfo.of(fileInfo).flags.intValue();
  }

  static long number(Pointer fileInfo) {
    return FuseFileInfo.of(fileInfo).fh.longValue();
  }

  static void setNumber(Pointer fileInfo, long number) {
    FuseFileInfo.of(fileInfo).fh.set(number);
  }
}
