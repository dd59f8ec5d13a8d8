package org.salvusfs.daemon.handover;

import java.io.IOException;
import java.io.Serial;

/** The daemon at the other end of the conversation has ended without a word. */
public final class GoneException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  GoneException(IOException cause) {
    super("the other daemon has ended", cause);
  }
}
