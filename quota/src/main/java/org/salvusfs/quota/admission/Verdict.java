package org.salvusfs.quota.admission;

import org.salvusfs.metadata.txg.Reservation;

/** The answer to a wish to grow. */
public sealed interface Verdict {
  /** It may; the caller closes the reservation after its operation. */
  record Admitted(Reservation growth) implements Verdict {}

  /**
   * It may not, and nothing was changed.
   *
   * @param limit that is in the way: the hard or the soft one, without the reserve for users
   * @param used what is in use or set aside
   */
  record Refused(Resource resource, long limit, long used) implements Verdict {}
}
