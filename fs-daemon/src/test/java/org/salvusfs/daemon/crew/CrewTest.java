package org.salvusfs.daemon.crew;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CrewTest {
  private static final Executor NEVER = task -> {};
  private static final Executor REJECTING =
      task -> {
        throw new RejectedExecutionException("shut down");
      };

  @Test
  void finish_withAnyExecutor_doesAllTasksAndTheirs() throws IOException {
    try (var pool = Executors.newFixedThreadPool(3)) {
      for (Executor workers : new Executor[] {Runnable::run, NEVER, REJECTING, pool}) {
        var crew = new Crew(workers, 2);
        var done = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
          crew.add(
              () -> {
                for (int j = 0; j < 10; j++) {
                  crew.addUrgent(done::incrementAndGet);
                }
                crew.add(done::incrementAndGet);
              });
        }
        crew.finish();
        assertEquals(1100, done.get());
      }
    }
  }

  @Test
  void finish_afterFailure_throwsItAndLeavesOutTheRest() {
    var crew = new Crew(NEVER, 2);
    var failure = new IOException("full");
    var done = new AtomicInteger();
    crew.add(done::incrementAndGet);
    crew.add(
        () -> {
          throw failure;
        });
    crew.add(done::incrementAndGet);
    assertSame(failure, assertThrows(IOException.class, crew::finish));
    assertEquals(1, done.get());
  }

  @Test
  void finish_whenTasksFailWithDefects_throwsThem() {
    var crew = new Crew(Runnable::run, 1);
    crew.add(
        () -> {
          throw new IllegalStateException("a defect");
        });
    assertThrows(IllegalStateException.class, crew::finish);
  }

  @Test
  void finish_interrupted_waitsForRunningTasksAndSaysSo() throws Exception {
    try (var pool = Executors.newSingleThreadExecutor()) {
      var crew = new Crew(pool, 1);
      var started = new CountDownLatch(1);
      var goOn = new CountDownLatch(1);
      var done = new AtomicInteger();
      crew.add(
          () -> {
            started.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            done.incrementAndGet();
          });
      started.await();
      Thread.currentThread().interrupt();
      Thread waiting = Thread.currentThread();
      var releaser =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (waiting.getState() != Thread.State.WAITING) {
                      Thread.onSpinWait();
                    }
                    goOn.countDown();
                  });
      assertThrows(InterruptedIOException.class, crew::finish);
      assertTrue(Thread.interrupted(), "interrupt flag");
      assertEquals(1, done.get());
      releaser.join();
    }
  }
}
