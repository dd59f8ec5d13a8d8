package org.salvusfs.daemon.transfer;

import java.io.IOException;
import java.io.Serial;
import org.salvusfs.daemon.fs.Errno;

/** The project can take no more; what was imported until then stays. */
public final class ImportEndedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final Errno errno;

  ImportEndedException(Errno errno, String path) {
    super(errno.name() + " at " + path);
    this.errno = errno;
  }

  /** EDQUOT, ENOSPC or EIO. */
  public Errno errno() {
    return errno;
  }
}
