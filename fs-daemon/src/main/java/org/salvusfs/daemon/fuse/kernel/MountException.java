package org.salvusfs.daemon.fuse.kernel;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A mount that cannot be made; the message is one sentence for the user that says what to do. */
public final class MountException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  public MountException(String message) {
    super(message);
  }

  public MountException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
