package org.salvusfs.daemon.wiring;

import java.io.IOException;
import org.salvusfs.daemon.fuse.kernel.FuseConnection;
import org.salvusfs.daemon.handover.HandOver;

/**
 * A mount that is to be served on instead of a new one.
 *
 * @param consent asked when all is open and before the first request is read
 */
record Inheritance(HandOver state, FuseConnection connection, Consent consent) {

  /** Whoever may still want to serve the mount. */
  @FunctionalInterface
  interface Consent {
    /** Returns when this process may serve; fails if the other one goes on. */
    void await() throws IOException;
  }

  /** For the process that has not let go of the mount. */
  static final Consent GIVEN = () -> {};
}
