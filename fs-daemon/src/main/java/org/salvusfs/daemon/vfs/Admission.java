package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.quota.admission.Room;

/** Decides, before anything is changed, whether a project may grow. Thread-safe; never blocks. */
public interface Admission {
  /** Lets everything grow. */
  Admission UNLIMITED =
      new Admission() {
        @Override
        public Reservation admit(Caller caller, long bytes, long inodes) {
          return Reservation.NONE;
        }

        @Override
        public Room room() {
          return Room.UNLIMITED;
        }
      };

  /**
   * Sets growth aside for an operation, which takes it when it begins; who asked closes it when the
   * operation has ended. Asking for nothing is never refused.
   *
   * @param bytes exactly by how much the allocation will grow
   * @param inodes how many inodes are about to be made
   * @throws FsException with EDQUOT if it may not grow so much; nothing is set aside then
   */
  Reservation admit(Caller caller, long bytes, long inodes) throws FsException;

  /** How much may still grow, for statfs. */
  Room room();
}
