package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.io.Serial;

/** Why the Cassandra server cannot run, in a sentence for people. */
public final class ServerStartException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  ServerStartException(String message) {
    super(message);
  }

  ServerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
