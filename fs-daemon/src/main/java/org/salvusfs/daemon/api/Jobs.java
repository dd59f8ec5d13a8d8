package org.salvusfs.daemon.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a daemon: those that run, and the last that have ended. They end with the daemon's
 * process; nothing of them is kept. Thread-safe.
 */
final class Jobs {
  private static final int ENDED_MAX = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Supplier<String> newId;
  private final Executor executor;

  /** What a job is about, so that it is not done twice at once. */
  private record Entry(String subject, Job job) {}

  /**
   * @param newId names that were never used before
   * @param executor runs the jobs
   */
  Jobs(Supplier<String> newId, Executor executor) {
    this.newId = newId;
    this.executor = executor;
  }

  /**
   * Begins a job, unless one of the same kind, project and variant is under way.
   *
   * @param project null: it is about the whole installation
   * @return the new one or the one under way
   */
  Job begin(String kind, @Nullable String project, String variant, Job.Work work) {
    var subject = String.join(" ", kind, String.valueOf(project), variant);
    Job job;
    lock.lock();
    try {
      for (var entry : entries.values()) {
        if (entry.subject().equals(subject) && entry.job().status().isRunning()) {
          return entry.job();
        }
      }
      job = new Job(newId.get(), kind, project, work);
      entries.put(job.status().id(), new Entry(subject, job));
      forgetOldOnes();
    } finally {
      lock.unlock();
    }
    executor.execute(job::run);
    return job;
  }

  private void forgetOldOnes() {
    var ended =
        entries.values().stream()
            .map(entry -> entry.job().status())
            .filter(status -> !status.isRunning())
            .toList();
    for (int i = 0; i < ended.size() - ENDED_MAX; i++) {
      entries.remove(ended.get(i).id());
    }
  }

  Optional<Job> find(String id) {
    lock.lock();
    try {
      return Optional.ofNullable(entries.get(id)).map(Entry::job);
    } finally {
      lock.unlock();
    }
  }

  /** Oldest first. */
  List<Job> all() {
    lock.lock();
    try {
      return entries.values().stream().map(Entry::job).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Has all of them end soon; nobody waits for them any more. */
  void abandon() {
    all().forEach(Job::abandon);
  }
}
