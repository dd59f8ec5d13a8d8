package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.FsException;

/** Decides, before anything is changed, whether a project may grow. Thread-safe; must not block. */
@FunctionalInterface
public interface Admission {
  /** Lets everything grow. */
  Admission UNLIMITED = (bytes, inodes) -> {};

  /**
   * Returns if the growth is allowed.
   *
   * @param bytes by how much the allocation may grow at most
   * @param inodes how many inodes are about to be made
   * @throws FsException with EDQUOT or ENOSPC if not
   */
  void admit(long bytes, long inodes) throws FsException;
}
