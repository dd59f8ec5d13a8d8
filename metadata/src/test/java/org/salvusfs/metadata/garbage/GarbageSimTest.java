package org.salvusfs.metadata.garbage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The collection of garbage among writers, snapshots, clones and crashes, many times over: nothing
 * that is referred to is ever lost, and when everybody rests, one run frees all that is not.
 *
 * <p>{@code -Dsalvus.garbage.runs=100000} (or {@code -Dsalvus.full=true}) runs it at length; {@code
 * -Dsalvus.garbage.seed=N} begins at another seed.
 */
@Tag("promise")
@Tag("promise-12")
class GarbageSimTest {
  private static final int RUNS =
      Integer.getInteger("salvus.garbage.runs", Boolean.getBoolean("salvus.full") ? 100_000 : 3000);
  private static final long FIRST = Long.getLong("salvus.garbage.seed", 1);

  private static final Logger LOGGER =
      (Logger) LoggerFactory.getLogger("org.salvusfs.blockstore.pack");

  @BeforeAll
  static void silence() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void unsilence() {
    LOGGER.setLevel(null);
  }

  @Test
  void collect_amongWriters_losesNothing_andFreesAllGarbageInTheEnd() throws Exception {
    for (long seed = FIRST; seed < FIRST + RUNS; seed++) {
      run(seed);
    }
  }

  private static void run(long seed) throws Exception {
    String message = "-Dsalvus.garbage.seed=" + seed;
    var world = new GarbageWorld(seed);
    var random = new Random(seed);
    try {
      for (int round = 0; round < 3; round++) {
        try {
          // Sometimes right after a crash, when only the logs know of what was synced last.
          world.act(random.nextInt(3) == 0 ? 0 : 30 + random.nextInt(60));
          world.collect(random.nextInt(3) == 0 ? 0 : 20 + random.nextInt(80));
        } catch (GarbageWorld.Crash e) {
          world.crash();
        }
        world.assertNothingLost(message);
      }
      world.assertAllGarbageGoes(message);
      world.assertNothingLost(message);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(message, e);
    }
  }
}
