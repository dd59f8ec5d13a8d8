package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class InodeLocksTest {
  @Test
  void exclusive_ofOverlappingSets_neverRunTogetherNorStall() throws Exception {
    var locks = new InodeLocks();
    int[] unguarded = new int[6];
    int[] expected = new int[6];
    try (var executor = Executors.newFixedThreadPool(4)) {
      List<Future<int[]>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        var random = new Random(i);
        workers.add(
            executor.submit(
                () -> {
                  int[] mine = new int[6];
                  for (int step = 0; step < 5_000; step++) {
                    int a = random.nextInt(6);
                    int b = random.nextInt(6);
                    int c = random.nextInt(6);
                    try (InodeLocks.Held _ = locks.exclusive(a, b, c, a)) {
                      unguarded[a]++;
                      unguarded[c]++;
                    }
                    mine[a]++;
                    mine[c]++;
                    try (InodeLocks.Held _ = locks.exclusiveAndShared(a, b)) {
                      unguarded[a]++;
                    }
                    mine[a]++;
                  }
                  return mine;
                }));
      }
      for (Future<int[]> worker : workers) {
        int[] mine = worker.get();
        for (int i = 0; i < 6; i++) {
          expected[i] += mine[i];
        }
      }
    }
    assertEquals(toList(expected), toList(unguarded));
    assertTrue(locks.isQuiet());
  }

  private static List<Integer> toList(int[] counts) {
    return java.util.Arrays.stream(counts).boxed().toList();
  }

  @Test
  void exclusive_interruptedWhileWaiting_holdsNothing() throws Exception {
    var locks = new InodeLocks();
    try (InodeLocks.Held _ = locks.shared(5);
        var executor = Executors.newSingleThreadExecutor()) {
      Future<?> waiting =
          executor.submit(
              () -> {
                Thread.currentThread().interrupt();
                locks.exclusive(4, 5).close();
                return true;
              });
      var failure = assertThrows(ExecutionException.class, waiting::get);
      assertInstanceOf(InterruptedException.class, failure.getCause());
      locks.exclusive(4).close();
    }
    assertTrue(locks.isQuiet());
  }
}
