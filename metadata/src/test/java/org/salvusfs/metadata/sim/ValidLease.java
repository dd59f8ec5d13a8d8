package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.Lease;

/** A lease that is never lost. */
public record ValidLease() implements Lease {
  @Override
  public boolean isValid() {
    return true;
  }

  @Override
  public long term() {
    return 0;
  }

  @Override
  public void awaitValid() {}
}
