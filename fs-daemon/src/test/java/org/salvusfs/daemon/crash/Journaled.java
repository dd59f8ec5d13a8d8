package org.salvusfs.daemon.crash;

/**
 * An operation as the load's log holds it. Starts and finishes are counted by one clock for all
 * threads, so that it is known which operations overlapped.
 */
final class Journaled {
  static final long UNFINISHED = Long.MAX_VALUE;

  final Op op;
  final long started;
  volatile long finished = UNFINISHED;

  Journaled(Op op, long started) {
    this.op = op;
    this.started = started;
  }

  boolean isFinished() {
    return finished != UNFINISHED;
  }
}
