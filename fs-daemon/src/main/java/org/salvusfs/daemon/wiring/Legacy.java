package org.salvusfs.daemon.wiring;

/**
 * What outlives an assembly that hands over: the mount and Cassandra's server. While it is kept,
 * closing leaves both as they are. Thread-safe.
 */
final class Legacy {
  private volatile boolean kept;

  /** From now on closing ends neither. */
  void keep() {
    kept = true;
  }

  /** From now on closing ends both. */
  void own() {
    kept = false;
  }

  boolean isKept() {
    return kept;
  }
}
