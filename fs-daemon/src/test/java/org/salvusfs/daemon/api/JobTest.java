package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.control.Messages.JobStatus;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;

final class JobTest {
  private static final CheckReport REPORT = new CheckReport("p", 1, 2, 3, 4, List.of(), 0, 0);
  private static final long LONG = Duration.ofSeconds(30).toNanos();

  private final AtomicInteger ids = new AtomicInteger();

  private String newId() {
    return Integer.toString(ids.incrementAndGet());
  }

  private static Job ran(Job.Work work) {
    var job = new Job("1", "check", "p", work);
    job.run();
    return job;
  }

  @Test
  void run_endsWithTheReport() {
    var job =
        ran(
            progress -> {
              for (int done = 0; done <= 10_000; done++) {
                progress.at(done, 10_000);
              }
              return Job.Outcome.of(REPORT);
            });
    var status = job.status();
    assertEquals("done", status.state());
    assertEquals(REPORT, status.report());
    assertEquals(10_000, status.done());
    assertEquals(1002, status.revision()); // a thousandth of the way each, and the end
  }

  @Test
  void run_refusalOrDefect_isKeptAsAProblem() {
    var away =
        ran(
            progress -> {
              throw new DaemonException.Unavailable("away");
            });
    assertEquals("failed", away.status().state());
    assertEquals(Refusal.UNAVAILABLE.problem("away"), away.status().problem());
    var defect =
        ran(
            progress -> {
              throw new IllegalStateException("oh");
            });
    assertEquals(Refusal.DEFECT.type(), Objects.requireNonNull(defect.status().problem()).type());
    assertNull(defect.status().report());
  }

  @Test
  void await_hearsTheNextChange_andTheEnd() throws Exception {
    var step = new CountDownLatch(1);
    var last = new CountDownLatch(1);
    var job =
        new Job(
            "1",
            "check",
            "p",
            progress -> {
              wait(step);
              progress.at(1, 2);
              wait(last);
              return Job.Outcome.of(REPORT);
            });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> run = executor.submit(job::run);
      assertEquals(0, job.await(0, 1).revision()); // nothing changes within a nanosecond
      var change = executor.submit((Callable<JobStatus>) () -> job.await(0, LONG));
      step.countDown();
      assertEquals(1, change.get(30, TimeUnit.SECONDS).done());
      var end = executor.submit((Callable<JobStatus>) () -> job.await(-1, LONG));
      last.countDown();
      assertEquals("done", end.get(30, TimeUnit.SECONDS).state());
      run.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void await_whileMuchHappens_answersNowAndThen() throws Exception {
    var stop = new AtomicBoolean();
    var job =
        new Job(
            "1",
            "import",
            "p",
            progress -> {
              for (long done = 0; !stop.get(); done += 1000) {
                progress.at(done, 0);
              }
              return Job.Outcome.of(REPORT);
            });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> run = executor.submit(job::run);
      try {
        long begin = System.nanoTime();
        long revision = 0;
        for (int i = 0; i < 3; i++) {
          long seen = job.await(revision, LONG).revision();
          assertTrue(seen > revision);
          revision = seen;
        }
        assertTrue(System.nanoTime() - begin >= 3 * Job.PAUSE_NANOS);
      } finally {
        stop.set(true);
      }
      run.get(30, TimeUnit.SECONDS);
      assertEquals("done", job.await(0, LONG).state());
    }
  }

  private static void wait(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void cancel_endsTheWorkAtItsNextStep() throws Exception {
    var job =
        new Job(
            "1",
            "check",
            "p",
            progress -> {
              for (long done = 0; ; done++) {
                progress.at(done, 0);
              }
            });
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> run = executor.submit(job::run);
      assertTrue(job.await(0, LONG).revision() > 0);
      job.cancel();
      run.get(30, TimeUnit.SECONDS);
    }
    assertEquals("cancelled", job.status().state());
  }

  @Test
  void begin_theSameTwice_isOneJobWhileItRuns() {
    var tasks = new ArrayDeque<Runnable>();
    var jobs = new Jobs(this::newId, tasks::add);
    var first = jobs.begin("check", "p", "", progress -> Job.Outcome.of(REPORT));
    assertSame(first, jobs.begin("check", "p", "", progress -> Job.Outcome.of(REPORT)));
    assertNotSame(first, jobs.begin("check", "p", "repair", progress -> Job.Outcome.of(REPORT)));
    assertNotSame(first, jobs.begin("check", "q", "", progress -> Job.Outcome.of(REPORT)));
    assertEquals(3, tasks.size());
    tasks.forEach(Runnable::run);
    assertNotSame(first, jobs.begin("check", "p", "", progress -> Job.Outcome.of(REPORT)));
  }

  @Test
  void jobsThatEnded_areForgotten_theOldestFirst_andNoneThatRuns() {
    var tasks = new ArrayDeque<Runnable>();
    var jobs = new Jobs(this::newId, tasks::add);
    var running = jobs.begin("check", "running", "", progress -> Job.Outcome.of(REPORT));
    tasks.clear();
    for (int i = 0; i < 150; i++) {
      jobs.begin("check", "p" + i, "", progress -> Job.Outcome.of(REPORT));
      tasks.remove().run();
    }
    assertSame(running, jobs.find(running.status().id()).orElseThrow());
    assertTrue(jobs.find("151").isPresent());
    assertFalse(jobs.find("2").isPresent());
    assertTrue(jobs.all().size() <= 102, jobs.all().size() + " jobs");
  }
}
