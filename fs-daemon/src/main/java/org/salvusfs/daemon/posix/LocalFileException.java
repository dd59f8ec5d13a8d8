package org.salvusfs.daemon.posix;

import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;

/** A system call on a file of this machine failed. The message names call, file and reason. */
public final class LocalFileException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private static final int ENOENT = 2;
  private static final int ENOTDIR = 20;

  private final int errno;

  LocalFileException(String call, byte[] path, int errno) {
    super(
        "%s of %s: %s"
            .formatted(call, new String(path, StandardCharsets.UTF_8), Native.message(errno)));
    this.errno = errno;
  }

  /** The positive error number. */
  public int errno() {
    return errno;
  }

  /** Whether the file, or a directory on the way to it, is not there. */
  public boolean isAbsence() {
    return errno == ENOENT || errno == ENOTDIR;
  }
}
