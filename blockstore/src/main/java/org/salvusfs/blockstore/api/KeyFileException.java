package org.salvusfs.blockstore.api;

import java.io.IOException;
import java.io.Serial;

/** A key file cannot be used. The message is one sentence for the operator. */
public final class KeyFileException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /** Why. */
  public enum Reason {
    /** There is no such file. */
    MISSING,
    /** There is one already, and it must not be overwritten. */
    EXISTS,
    /** Others than the owner may read it. */
    EXPOSED,
    /** It is not a key file, was cut short or altered. */
    DAMAGED,
    /** It was written by a newer version. */
    NEWER,
    /** It is wrapped and no passphrase was given. */
    PASSPHRASE_NEEDED,
    /** The file is sound, but the passphrase does not unwrap it. */
    WRONG_PASSPHRASE
  }

  private final Reason reason;

  public KeyFileException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
