package org.salvusfs.quota.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Usage;

/** Many threads that set growth aside and give it back: the sum is never above the limit. */
class QuotaRaceTest {
  private static final int THREADS = 10;
  private static final int ROUNDS = 20_000;
  private static final long LIMIT = 1 << 20;

  private final Usage usage = new Usage(new CountersItem(2, 0, 1));
  private final AtomicLong warnings = new AtomicLong();
  private final Quota quota =
      new Quota(
          usage,
          new Limits(LIMIT, Limits.UNLIMITED, Limits.DEFAULT_GRACE, 100, 0),
          null,
          () -> 0,
          notice -> warnings.incrementAndGet());

  /** What one thread holds at the end. */
  private record Held(long bytes, long inodes) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void promised_neverExceedsTheLimits_andIsExactAtTheEnd(long seed) throws Exception {
    long bytes = 0;
    long inodes = 1;
    try (var threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Held>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(threads.submit(worker(new Random(seed * 100 + i))));
      }
      for (Future<Held> result : results) {
        bytes += result.get().bytes();
        inodes += result.get().inodes();
      }
    }
    assertEquals(bytes, usage.promised().bytes());
    assertEquals(inodes, usage.promised().inodes());
    assertEquals(0, usage.now().bytes(), "nothing was applied");
    assertTrue(warnings.get() > 0);
  }

  private Callable<Held> worker(Random random) {
    return () -> {
      var held = new ArrayDeque<Reservation>();
      for (int round = 0; round < ROUNDS; round++) {
        if (random.nextBoolean() && !held.isEmpty()) {
          held.removeFirst().close();
        }
        boolean wantsInode = random.nextInt(4) == 0;
        long wanted = wantsInode ? 0 : 1 + random.nextInt(100_000);
        if (quota.admit(random.nextBoolean(), wanted, wantsInode ? 1 : 0)
            instanceof Verdict.Admitted(Reservation growth)) {
          held.addLast(growth);
          assertTrue(growth.bytesAfter() <= LIMIT, "promised " + growth.bytesAfter());
          assertTrue(growth.inodesAfter() <= 100, "promised " + growth.inodesAfter());
        }
        CountersItem promised = usage.promised();
        assertTrue(promised.bytes() <= LIMIT && promised.inodes() <= 100, promised::toString);
      }
      return new Held(
          held.stream().mapToLong(Reservation::bytes).sum(),
          held.stream().mapToLong(Reservation::inodes).sum());
    };
  }
}
