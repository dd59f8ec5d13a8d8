package org.salvusfs.daemon.fuse.jnr;

import jnr.ffi.Pointer;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/** What is used of {@code struct fuse_file_info}: the flags of the open and the file's number. */
final class FileInfo {
  /**
   * Of {@code int writepage}, which jnr-fuse's structure leaves out: behind {@code int flags} and
   * {@code unsigned long fh_old} (fuse_common.h of libfuse 2.9).
   */
  private static final int WRITEPAGE_OFFSET = 16;

  private FileInfo() {}

  /** The O_* flags; in create, open, read and write those of the request. */
  static int flags(Pointer fileInfo) {
    return FuseFileInfo.of(fileInfo).flags.intValue();
  }

  /** Whether the kernel writes back pages that were changed in memory, for nobody in particular. */
  static boolean isWriteback(Pointer fileInfo) {
    return fileInfo.getInt(WRITEPAGE_OFFSET) != 0;
  }

  static long number(Pointer fileInfo) {
    return FuseFileInfo.of(fileInfo).fh.longValue();
  }

  static void setNumber(Pointer fileInfo, long number) {
    FuseFileInfo.of(fileInfo).fh.set(number);
  }
}
