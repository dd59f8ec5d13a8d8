package org.salvusfs.daemon.api;

import org.salvusfs.daemon.control.Messages;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** What is about the daemon as a whole. */
record DaemonOperations(ManagedDaemon daemon) {
  Answer status(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(daemon.status());
  }

  Answer commit(Call call) throws ProblemException, DaemonException {
    call.allow();
    daemon.commit();
    return Answer.done();
  }

  Answer handOver(Call call) throws ProblemException, DaemonException {
    call.allow();
    daemon.requestHandOver();
    return Answer.done();
  }

  Answer stop(Call call) throws ProblemException {
    call.allow();
    daemon.requestStop();
    return Answer.accepted(new Messages.Stopping(ProcessHandle.current().pid()));
  }
}
