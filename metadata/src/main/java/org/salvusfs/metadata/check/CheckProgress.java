package org.salvusfs.metadata.check;

/** Hears how far a check has come, on the check's thread. */
@FunctionalInterface
public interface CheckProgress {
  /**
   * Some items were checked.
   *
   * @param done items so far
   * @param estimate about how many there are; gets better on the way
   */
  void at(long done, long estimate);
}
