package org.salvusfs.daemon.api;

import org.salvusfs.daemon.control.Messages.Purge;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedTrash;

/** What is about projects that are deleted. */
record TrashOperations(ManagedTrash trash) {
  Answer list(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(trash.list());
  }

  Answer delete(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(trash.delete(call.project()));
  }

  Answer undelete(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(trash.undelete(call.project()));
  }

  Answer purge(Call call) throws ProblemException, DaemonException {
    call.allow();
    boolean force = Boolean.TRUE.equals(call.read(Purge.class).force());
    return Answer.ok(trash.purge(call.project(), force));
  }
}
