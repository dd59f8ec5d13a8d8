package org.salvusfs.daemon.api;

import java.nio.file.Path;
import java.time.Duration;
import org.salvusfs.daemon.control.Messages.NewCheck;
import org.salvusfs.daemon.control.Messages.NewImport;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** What is about long work. */
record JobOperations(ManagedDaemon daemon, Jobs jobs) {
  /** How long an answer is kept back at most, in seconds. */
  static final int WAIT_SECONDS_MAX = 60;

  private static final String WAIT = "wait";
  private static final String AFTER = "after";

  Answer check(Call call) throws ProblemException, DaemonException {
    call.allow();
    boolean repair = Boolean.TRUE.equals(call.read(NewCheck.class).repair());
    var project = daemon.project(call.project()).id();
    var job =
        jobs.begin(
            "check",
            project,
            repair ? "repair" : "",
            progress -> Job.Outcome.of(daemon.check(project, repair, progress)));
    return begun(job);
  }

  Answer importDirectory(Call call) throws ProblemException, DaemonException {
    call.allow();
    var directory = Call.required("directory", call.read(NewImport.class).directory());
    var project = daemon.project(call.project()).id();
    var job =
        jobs.begin(
            "import",
            project,
            directory,
            progress ->
                Job.Outcome.of(daemon.importDirectory(project, Path.of(directory), progress)));
    return begun(job);
  }

  private static Answer begun(Job job) {
    var status = job.status();
    return Answer.accepted(status).with("Location", "/v1/jobs/" + status.id());
  }

  Answer list(Call call) throws ProblemException {
    call.allow();
    return Answer.ok(
        jobs.all().stream()
            .map(Job::status)
            .filter(status -> call.grant().covers(status.project()))
            .toList());
  }

  Answer show(Call call) throws ProblemException, InterruptedException {
    call.allow(WAIT, AFTER);
    int seconds = call.number(WAIT, 0, 0, WAIT_SECONDS_MAX);
    int revision = call.number(AFTER, -1, -1, Integer.MAX_VALUE);
    return Answer.ok(found(call).await(revision, Duration.ofSeconds(seconds).toNanos()));
  }

  Answer cancel(Call call) throws ProblemException {
    call.allow();
    var job = found(call);
    job.cancel();
    return Answer.accepted(job.status());
  }

  private Job found(Call call) throws ProblemException {
    var id = call.word("job");
    return jobs.find(id)
        .filter(job -> call.grant().covers(job.status().project()))
        .orElseThrow(
            () ->
                new ProblemException(
                    Refusal.UNKNOWN_JOB,
                    "there is no job " + id + "; jobs are forgotten when the daemon ends"));
  }
}
