package org.salvusfs.daemon.api;

import java.util.Objects;
import java.util.Optional;
import org.salvusfs.daemon.control.Messages.Hold;
import org.salvusfs.daemon.control.Messages.NewClone;
import org.salvusfs.daemon.control.Messages.NewSnapshot;
import org.salvusfs.daemon.control.Messages.Policy;
import org.salvusfs.daemon.control.Messages.Restore;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedSnapshots;

/** What is about snapshots and clones. */
record SnapshotOperations(ManagedSnapshots snapshots) {
  private static final String SNAPSHOT = "snapshot";
  private static final String LATER = "to";

  Answer list(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(snapshots.list(call.project()));
  }

  Answer create(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewSnapshot.class);
    return Answer.created(
        snapshots.create(
            call.project(),
            Optional.ofNullable(wanted.name()),
            Objects.requireNonNullElse(wanted.comment(), "")));
  }

  Answer show(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(snapshots.show(call.project(), call.word(SNAPSHOT)));
  }

  Answer delete(Call call) throws ProblemException, DaemonException {
    call.allow();
    snapshots.delete(call.project(), call.word(SNAPSHOT));
    return Answer.done();
  }

  Answer differences(Call call) throws ProblemException, DaemonException {
    call.allow(LATER);
    return Answer.ok(snapshots.diff(call.project(), call.word(SNAPSHOT), call.parameter(LATER)));
  }

  Answer hold(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(snapshots.hold(call.project(), call.word(SNAPSHOT), tag(call)));
  }

  Answer release(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(snapshots.release(call.project(), call.word(SNAPSHOT), tag(call)));
  }

  private static String tag(Call call) throws ProblemException {
    return Call.required("tag", call.read(Hold.class).tag());
  }

  Answer rollback(Call call) throws ProblemException, DaemonException {
    call.allow();
    return Answer.ok(snapshots.rollback(call.project(), call.word(SNAPSHOT)));
  }

  Answer restore(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(Restore.class);
    return Answer.ok(
        snapshots.restore(
            call.project(),
            call.word(SNAPSHOT),
            Call.required("path", wanted.path()),
            Optional.ofNullable(wanted.to())));
  }

  Answer setPolicy(Call call) throws ProblemException, DaemonException {
    call.allow();
    var policy = Call.required("policy", call.read(Policy.class).policy());
    return Answer.ok(snapshots.setPolicy(call.project(), policy));
  }

  Answer cloneProject(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewClone.class);
    return Answer.created(
        snapshots.cloneProject(
            call.project(),
            Optional.ofNullable(wanted.snapshot()),
            Call.required("name", wanted.name())));
  }
}
