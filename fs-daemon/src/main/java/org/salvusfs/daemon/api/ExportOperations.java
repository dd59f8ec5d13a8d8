package org.salvusfs.daemon.api;

import java.util.Optional;
import org.salvusfs.daemon.management.ManagedExports;

/** What is about exports. */
record ExportOperations(ManagedExports exports) {
  private static final String TAR = "application/x-tar";

  Reply ofPresent(Call call) throws ProblemException {
    return of(call, Optional.empty());
  }

  Reply ofSnapshot(Call call) throws ProblemException {
    return of(call, Optional.of(call.word("snapshot")));
  }

  private Reply of(Call call, Optional<String> snapshot) throws ProblemException {
    call.allow();
    return new Reply.Download(TAR, out -> exports.export(call.project(), snapshot, out));
  }
}
