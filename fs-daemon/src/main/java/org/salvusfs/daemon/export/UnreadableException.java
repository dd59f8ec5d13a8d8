package org.salvusfs.daemon.export;

import java.io.IOException;
import java.io.Serial;

/** Something in the project could not be read: damage, or a store that does not answer. */
public final class UnreadableException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /**
   * @param place path from the project's top, or what else it is
   * @param cause what the stores say
   */
  public UnreadableException(String place, IOException cause) {
    super(place + ": " + cause.getMessage(), cause);
  }
}
