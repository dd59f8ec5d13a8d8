package org.salvusfs.daemon.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Messages.NewBackup;
import org.salvusfs.daemon.control.Messages.NewCheck;
import org.salvusfs.daemon.control.Messages.NewCopy;
import org.salvusfs.daemon.control.Messages.NewImport;
import org.salvusfs.daemon.control.Messages.NewRestore;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.CopyRequest;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.TargetName;

/** What is about long work. */
record JobOperations(ManagedDaemon daemon, Jobs jobs) {
  /** How long an answer is kept back at most, in seconds. */
  static final int WAIT_SECONDS_MAX = 60;

  private static final String WAIT = "wait";
  private static final String AFTER = "after";
  private static final Set<String> KEYS =
      new TreeSet<>(Set.of(KeyCopy.INCLUDE.word(), KeyCopy.OMIT.word()));

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

  Answer copy(Call call) throws ProblemException, DaemonException {
    call.allow();
    var project = daemon.project(call.project()).id();
    var wanted = call.read(NewCopy.class);
    var request =
        new CopyRequest(
            daemon.project(Call.required("from", wanted.from())).id(),
            Optional.ofNullable(wanted.snapshot()),
            Objects.requireNonNullElse(wanted.path(), ""),
            Objects.requireNonNullElse(wanted.to(), ""),
            Boolean.TRUE.equals(wanted.replace()));
    var job =
        jobs.begin(
            "copy",
            project,
            request.toString(),
            progress -> Job.Outcome.of(daemon.copy(project, request, progress)));
    return begun(job);
  }

  Answer backup(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewBackup.class);
    var target = target(wanted.target());
    var projects = new ArrayList<String>();
    for (var project : Objects.requireNonNullElse(wanted.projects(), List.<String>of())) {
      projects.add(daemon.project(String.valueOf(project)).id()); // it may be null in JSON
    }
    Optional<KeyCopy> key = key(wanted.key());
    var variant = "%s %s %s".formatted(target, projects, key);
    var job =
        jobs.begin(
            "backup",
            null,
            variant,
            progress -> Job.Outcome.of(daemon.backups().backup(target, projects, key, progress)));
    return begun(job);
  }

  private static TargetName target(@Nullable String text) throws ProblemException {
    var wanted = Call.required("target", text);
    try {
      return TargetName.parse(wanted);
    } catch (IllegalArgumentException e) {
      throw ProblemException.invalid("target", String.valueOf(e.getMessage()));
    }
  }

  private static Optional<KeyCopy> key(@Nullable String word) throws ProblemException {
    if (word == null) {
      return Optional.empty();
    }
    boolean isIncluded = Call.oneOf("key", word, KEYS).equals(KeyCopy.INCLUDE.word());
    return Optional.of(isIncluded ? KeyCopy.INCLUDE : KeyCopy.OMIT);
  }

  Answer restore(Call call) throws ProblemException {
    call.allow();
    var target = target(call.read(NewRestore.class).target());
    var job =
        jobs.begin(
            "restore",
            null,
            target.toString(),
            progress -> Job.Outcome.of(daemon.backups().restore(target, progress)));
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
