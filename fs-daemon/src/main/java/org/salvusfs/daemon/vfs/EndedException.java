package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.io.Serial;

/** The project is not served any more: what the kernel knows of it is stale. */
final class EndedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  EndedException() {
    super("the project is not served any more");
  }
}
