package org.salvusfs.daemon.management;

/** Hears how far a check or an import has come. */
@FunctionalInterface
public interface CheckProgress {
  /**
   * Some work was done.
   *
   * @param done units of work done, not falling
   * @param total estimate of all units, 0 while unknown
   */
  void at(long done, long total);
}
