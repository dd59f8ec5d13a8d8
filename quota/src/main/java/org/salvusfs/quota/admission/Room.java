package org.salvusfs.quota.admission;

import org.salvusfs.metadata.api.Limits;

/**
 * How much a project may still grow now, for statfs; {@link Limits#UNLIMITED} where nothing limits.
 *
 * @param bytesFree below the hard limit, the reserve included
 * @param bytesAvailable for users: without the reserve, and 0 above a soft limit without grace
 * @param inodesFree below the limit of inodes
 */
public record Room(long bytesFree, long bytesAvailable, long inodesFree) {
  /** Of a project without limits. */
  public static final Room UNLIMITED =
      new Room(Limits.UNLIMITED, Limits.UNLIMITED, Limits.UNLIMITED);
}
