package org.salvusfs.metadata.cassandra;

import java.io.IOException;
import java.io.Serial;

/** The tables were made by a newer version of SalvusFS; nothing was changed. */
public final class IncompatibleSchemaException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  IncompatibleSchemaException(String message) {
    super(message);
  }
}
