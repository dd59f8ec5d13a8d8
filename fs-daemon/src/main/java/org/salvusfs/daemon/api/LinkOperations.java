package org.salvusfs.daemon.api;

import java.util.Objects;
import java.util.Optional;
import org.salvusfs.daemon.control.Messages.NewLink;
import org.salvusfs.daemon.control.Messages.OldLink;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LinkRequest;
import org.salvusfs.daemon.management.ManagedLinks;

/** What is about links to directories of other projects. */
record LinkOperations(ManagedLinks links) {
  Answer create(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewLink.class);
    var request =
        new LinkRequest(
            Call.required("from", wanted.from()),
            Objects.requireNonNullElse(wanted.directory(), ""),
            Objects.requireNonNullElse(wanted.to(), ""),
            Optional.ofNullable(wanted.uid()),
            Optional.ofNullable(wanted.gid()));
    return Answer.created(links.link(call.project(), request));
  }

  Answer list(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(links.list(call.project()));
  }

  Answer remove(Call call) throws ProblemException, DaemonException {
    call.allow();
    var path = Call.required("path", call.read(OldLink.class).path());
    return Answer.ok(links.unlink(call.project(), path));
  }
}
