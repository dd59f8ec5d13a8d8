package org.salvusfs.daemon.api;

import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** What is about the collection of garbage. */
record GarbageOperations(ManagedDaemon daemon) {
  private static final String WAIT = "wait";

  Answer begin(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.accepted(daemon.collectGarbage());
  }

  Answer show(Call call) throws ProblemException, DaemonException {
    call.allow(WAIT);
    boolean waits = call.number(WAIT, 0, 0, JobOperations.WAIT_SECONDS_MAX) > 0;
    return Answer.ok(daemon.garbage(waits));
  }
}
