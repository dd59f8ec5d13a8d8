package org.salvusfs.daemon.fs;

import java.io.Serial;

/**
 * An operation's refusal, with the errno that the caller sees. Carries no stack trace: it is an
 * answer, not a defect.
 */
public final class FsException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final Errno errno;

  public FsException(Errno errno) {
    super(errno.name(), null, false, false);
    this.errno = errno;
  }

  public FsException(Errno errno, String message) {
    super(errno.name() + ": " + message, null, false, false);
    this.errno = errno;
  }

  public Errno errno() {
    return errno;
  }
}
