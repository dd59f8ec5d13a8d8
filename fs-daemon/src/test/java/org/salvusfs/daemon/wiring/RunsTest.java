package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One run at a time, begun when asked or due, gone on with, and ended with the daemon. */
@Timeout(60)
class RunsTest {
  private record Run(int number, String state) {}

  /** Runs that are over at once, unless somebody holds them. */
  private static final class FakeWork implements Runs.Work<Run> {
    final CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(0);
    volatile long nanosUntilDue = Runs.NEVER;
    volatile @Nullable Runs<Run> waits;

    @Override
    public long nanosUntilDue() {
      long due = nanosUntilDue;
      nanosUntilDue = Runs.NEVER;
      return due;
    }

    @Override
    public Run begin(@Nullable Run before) {
      return new Run(before == null ? 1 : before.number() + 1, "running");
    }

    @Override
    public boolean isOver(Run run) {
      return !run.state().equals("running");
    }

    @Override
    public Run run(Run run) {
      begun.countDown();
      Runs<Run> waiting = waits;
      try {
        held.await();
        if (waiting != null) {
          waiting.awaitUntil(System.nanoTime() + TimeUnit.DAYS.toNanos(1));
        }
        return new Run(run.number(), "done");
      } catch (CancellationException e) {
        return new Run(run.number(), "stopped");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Runs<Run> runs(@Nullable Run latest, FakeWork work) {
    return new Runs<>("work", System::nanoTime, latest, work);
  }

  private static void awaitEnd(Runs<Run> runs, FakeWork work) throws InterruptedException {
    Run latest = runs.latest();
    while (latest == null || !work.isOver(latest)) {
      runs.await();
      latest = runs.latest();
    }
  }

  @Test
  void request_beginsARun_andJoinsTheOneUnderWay() throws Exception {
    var work = new FakeWork();
    work.held = new CountDownLatch(1);
    try (var runs = runs(null, work)) {
      runs.start();
      assertNull(runs.latest());
      runs.request();
      runs.request();
      work.begun.await();
      runs.request();
      assertEquals(new Run(1, "running"), runs.latest());
      work.held.countDown();
      awaitEnd(runs, work);
      assertEquals(new Run(1, "done"), runs.latest());
      runs.request();
      awaitEnd(runs, work);
      assertEquals(new Run(2, "done"), runs.latest());
    }
  }

  @Test
  void dueRun_isBegunByItself() throws Exception {
    var due = new FakeWork();
    due.nanosUntilDue = 0;
    try (var runs = runs(null, due)) {
      runs.start();
      due.begun.await();
      awaitEnd(runs, due);
      assertEquals(new Run(1, "done"), runs.latest());
    }
  }

  @Test
  void runThatIsNotOver_isGoneOnWith() throws Exception {
    var work = new FakeWork();
    try (var runs = runs(new Run(3, "running"), work)) {
      runs.start();
      awaitEnd(runs, work);
      assertEquals(new Run(3, "done"), runs.latest());
    }
  }

  @Test
  void close_endsARunThatWaits() throws Exception {
    var work = new FakeWork();
    var runs = runs(null, work);
    work.waits = runs;
    runs.start();
    runs.request();
    work.begun.await();
    runs.close();
    assertEquals(new Run(1, "stopped"), runs.latest());
  }
}
