package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.io.Serial;

/**
 * A target of backups cannot be used, or not any more. The message is a sentence for the operator
 * that names the target or the file in it and says what to do; what is complete there is unharmed.
 */
public final class TargetException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  TargetException(String message) {
    super(message);
  }

  TargetException(String message, Throwable cause) {
    super(message, cause);
  }
}
