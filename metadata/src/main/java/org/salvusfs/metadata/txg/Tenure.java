package org.salvusfs.metadata.txg;

import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;

/**
 * Whether this host still holds the project. After a lapse of the lease somebody may have taken
 * over, or may be about to: having watched the lapse, with the compare-and-set still on its way. So
 * what counts is a commit of ours after the lease is back: it is refused if we were replaced, and
 * it changes the head, so that a take-over decided before fails. Thread-safe.
 */
final class Tenure {
  private final Lease lease;
  private final Groups groups;
  private volatile long confirmedTerm;
  private volatile MetadataException.@Nullable Fenced fenced;

  /**
   * @param term the lease's term before the project was acquired
   */
  Tenure(Lease lease, long term, Groups groups) {
    this.lease = lease;
    this.groups = groups;
    this.confirmedTerm = term;
  }

  /**
   * Returns while this host is the holder, waiting for the lease and a commit if need be.
   *
   * @throws MetadataException.Fenced if another has taken over; for good
   * @throws MetadataException.Unavailable if lease or commit do not come in time
   */
  void confirm() throws MetadataException {
    if (fenced != null) {
      throw fenced;
    }
    while (!lease.isValid() || lease.term() != confirmedTerm) {
      lease.awaitValid();
      long term = lease.term();
      groups.awaitFreshCommit();
      confirmedTerm = term;
    }
  }

  /** Remembers that the store has refused this epoch. */
  MetadataException.Fenced fencedOff(MetadataException.Fenced cause) {
    fenced = cause;
    return cause;
  }
}
