package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.quota.admission.Quota;
import org.salvusfs.quota.admission.Room;
import org.salvusfs.quota.admission.Verdict;

/** Admission by a project's limits; root may use the reserve. */
public final class QuotaAdmission implements Admission {
  private final Quota quota;

  public QuotaAdmission(Quota quota) {
    this.quota = quota;
  }

  @Override
  public Reservation admit(Caller caller, long bytes, long inodes) throws FsException {
    return switch (quota.admit(caller.isRoot(), bytes, inodes)) {
      case Verdict.Admitted(Reservation growth) -> growth;
      case Verdict.Refused(var resource, long limit, long used) ->
          throw new FsException(
              Errno.EDQUOT, "%s: %d of %d are used".formatted(resource, used, limit));
    };
  }

  @Override
  public Room room() {
    return quota.room();
  }
}
