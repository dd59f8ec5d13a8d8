package org.salvusfs.daemon.api;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Messages.JobStatus;
import org.salvusfs.daemon.control.Problem;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.management.RestoreReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that goes on when nobody waits for it. Thread-safe. */
final class Job {
  private static final Logger log = LoggerFactory.getLogger(Job.class);

  /** How finely progress is told. */
  private static final int STEPS = 1000;

  /** Nobody hears of progress more often: who asks again at once would else ask all the time. */
  static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  /** What a job does. */
  @FunctionalInterface
  interface Work {
    Outcome run(CheckProgress progress) throws DaemonException;
  }

  /** What came of it: one of them. */
  record Outcome(
      @Nullable CheckReport report,
      @Nullable ImportReport imported,
      @Nullable CopyReport copied,
      @Nullable BackupReport backedUp,
      @Nullable RestoreReport restored) {
    private static final Outcome NONE = new Outcome(null, null, null, null, null);

    static Outcome of(CheckReport report) {
      return new Outcome(report, null, null, null, null);
    }

    static Outcome of(ImportReport imported) {
      return new Outcome(null, imported, null, null, null);
    }

    static Outcome of(CopyReport copied) {
      return new Outcome(null, null, copied, null, null);
    }

    static Outcome of(BackupReport backedUp) {
      return new Outcome(null, null, null, backedUp, null);
    }

    static Outcome of(RestoreReport restored) {
      return new Outcome(null, null, null, null, restored);
    }
  }

  /** Ends work from within, at its next step. */
  private static final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1;

    Cancelled() {
      super("cancelled");
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition over = lock.newCondition();
  private final Work work;

  /** Guarded by {@code lock}, like all that follows. */
  private JobStatus status;

  private long lastStep = -1;
  private boolean isCancelled;
  private boolean isAbandoned;

  /**
   * @param project null: it is about the whole installation
   */
  Job(String id, String kind, @Nullable String project, Work work) {
    this.work = work;
    this.status =
        new JobStatus(
            id, kind, project, JobStatus.RUNNING, 0, 0, 0, null, null, null, null, null, null);
  }

  JobStatus status() {
    lock.lock();
    try {
      return status;
    } finally {
      lock.unlock();
    }
  }

  /** Does the work, on the caller's thread; never throws. */
  void run() {
    try {
      end("done", work.run(this::progress), null);
    } catch (DaemonException e) {
      log.warn("job {} failed", status().id(), e);
      end("failed", Outcome.NONE, ProblemException.of(e));
    } catch (Cancelled e) {
      end("cancelled", Outcome.NONE, Refusal.CANCELLED.problem("the job was cancelled"));
    } catch (RuntimeException e) {
      log.error("job {} met a defect", status().id(), e);
      end("failed", Outcome.NONE, ProblemException.defect(e));
    }
  }

  private void progress(long done, long total) {
    lock.lock();
    try {
      if (isCancelled) {
        throw new Cancelled();
      }
      long step = total > 0 ? done * STEPS / total : done / STEPS;
      if (step != lastStep) {
        lastStep = step;
        change(JobStatus.RUNNING, done, total, Outcome.NONE, null);
      }
    } finally {
      lock.unlock();
    }
  }

  private void end(String state, Outcome outcome, @Nullable Problem problem) {
    lock.lock();
    try {
      change(state, status.done(), status.total(), outcome, problem);
      over.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void change(
      String state, long done, long total, Outcome outcome, @Nullable Problem problem) {
    status =
        new JobStatus(
            status.id(),
            status.kind(),
            status.project(),
            state,
            status.revision() + 1,
            done,
            total,
            outcome.report(),
            outcome.imported(),
            outcome.copied(),
            outcome.backedUp(),
            outcome.restored(),
            problem);
    changed.signalAll();
  }

  /** Ends the work at its next step; does nothing if it has ended. */
  void cancel() {
    lock.lock();
    try {
      isCancelled = true;
    } finally {
      lock.unlock();
    }
  }

  /** Cancels the job, and nobody waits for it any more. */
  void abandon() {
    lock.lock();
    try {
      isCancelled = true;
      isAbandoned = true;
      changed.signalAll();
      over.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the job has changed since a revision, at least {@link #PAUSE_NANOS}, or until it
   * has ended or was abandoned.
   *
   * @param revision -1: waits for the end
   * @param nanos how long at most
   */
  JobStatus await(long revision, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long pause = revision < 0 ? nanos : Math.min(nanos, PAUSE_NANOS);
      long left = nanos - pause;
      while (pause > 0 && isGoingOn()) {
        pause = over.awaitNanos(pause);
      }
      while (left > 0 && isGoingOn() && status.revision() <= revision) {
        left = changed.awaitNanos(left);
      }
      return status;
    } finally {
      lock.unlock();
    }
  }

  private boolean isGoingOn() {
    return status.isRunning() && !isAbandoned;
  }
}
