package org.salvusfs.daemon.api;

import org.salvusfs.daemon.management.DaemonException;

/** What is about work that the daemon does one run at a time, which needs no job. */
record RunOperations(Beginning beginning, Showing showing) {
  private static final String WAIT = "wait";

  /** Begins a run, or finds the one that is under way; returns at once. */
  @FunctionalInterface
  interface Beginning {
    Object begin() throws DaemonException;
  }

  /** Says where it stands. */
  @FunctionalInterface
  interface Showing {
    Object show(boolean waits) throws DaemonException;
  }

  Answer begin(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.accepted(beginning.begin());
  }

  Answer show(Call call) throws ProblemException, DaemonException {
    call.allow(WAIT);
    boolean waits = call.number(WAIT, 0, 0, JobOperations.WAIT_SECONDS_MAX) > 0;
    return Answer.ok(showing.show(waits));
  }
}
