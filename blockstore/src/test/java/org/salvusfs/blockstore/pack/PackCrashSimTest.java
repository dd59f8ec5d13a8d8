package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.FaultPlan;
import org.salvusfs.blockstore.pack.StoreFixture.Block;
import org.slf4j.LoggerFactory;

/**
 * Crash sweeps: a fault at every step of a history of puts, syncs, seals and reopens; then a power
 * cut; then every block that a sync acknowledged must be there, and the store must be honest about
 * the rest.
 */
class PackCrashSimTest {
  private static final int BLOCKS = 40;

  /** Thousands of simulated failures would otherwise be logged with their stacks. */
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

  /** One run of the history; what the store acknowledged. */
  private static final class History {
    final StoreFixture fixture;
    final Random random;
    final List<Block> blocks;
    final List<Block> put = new ArrayList<>();
    final List<Block> durable = new ArrayList<>();
    int failures;

    History(long seed) {
      random = new Random(seed);
      fixture = new StoreFixture(random);
      blocks = fixture.blocks(0, BLOCKS);
    }

    /** Puts and syncs; what fails is put and synced again by a later round, as writers do. */
    void run() {
      try (PackChunkStore store = fixture.open()) {
        for (int round = 0; round < 3; round++) {
          run(store, round);
        }
      } catch (BlockStoreException e) {
        failures++;
        return;
      }
      durable.clear();
      durable.addAll(put);
    }

    private void run(PackChunkStore store, int round) {
      for (int i = 0; i < BLOCKS; i++) {
        Block block = blocks.get(i);
        if (i % 3 > round) {
          continue;
        }
        try {
          StoreFixture.put(store, block);
          put.add(block);
          if (i % 7 == 6) {
            store.sync();
            durable.clear();
            durable.addAll(put);
          }
        } catch (BlockStoreException e) {
          failures++;
        }
      }
    }

    void crash(long seed) {
      var choices = new Random(seed);
      fixture.disk.crash(choices);
      fixture.index.crash(choices);
    }

    void check(String message) {
      try (PackChunkStore store = fixture.open()) {
        for (Block block : durable) {
          fixture.assertPresent(store, block, message);
        }
        for (Block block : blocks) {
          fixture.assertHonest(store, block, message);
        }
        assertEquals(List.of(), fixture.verify(store).damage(), message);
        for (Block block : blocks) {
          StoreFixture.put(store, block);
        }
        store.sync();
        for (Block block : blocks) {
          fixture.assertPresent(store, block, message + ", put again");
        }
      } catch (BlockStoreException e) {
        fail(message, e);
      }
    }
  }

  private static long steps() {
    var history = new History(0);
    history.run();
    assertEquals(0, history.failures);
    return history.fixture.disk.steps();
  }

  private static long seed(long step, Fault fault, int variant) {
    return (step * 31 + fault.name().hashCode()) * 0x9E3779B97F4A7C15L + variant;
  }

  @Test
  void crash_afterFaultAtEveryStep_losesNothingAcknowledged() {
    crashAfterFaultAtEveryStep(0, 1);
  }

  @Test
  @Tag("long")
  void crash_afterFaultAtEveryStepInManyWays_losesNothingAcknowledged() {
    crashAfterFaultAtEveryStep(1, 50);
  }

  private static void crashAfterFaultAtEveryStep(int fromVariant, int toVariant) {
    long steps = steps();
    assertTrue(steps > 50, "steps " + steps);
    for (Fault fault :
        EnumSet.of(Fault.FAIL, Fault.FULL, Fault.TEAR, Fault.TEAR_AT_SECTOR, Fault.STOP)) {
      for (long step = 1; step <= steps; step++) {
        for (int variant = fromVariant; variant < toVariant; variant++) {
          long seed = seed(step, fault, variant);
          var history = new History(seed);
          history.fixture.disk.plan(FaultPlan.at(step, fault));
          history.run();
          history.crash(seed);
          history.check("%s at step %d, seed %d".formatted(fault, step, seed));
        }
      }
    }
  }

  @Test
  void crash_whenEveryStepFromSomeOnFails_losesNothingAcknowledged() {
    long steps = steps();
    for (Fault fault : EnumSet.of(Fault.FAIL, Fault.FULL, Fault.TEAR)) {
      for (long step = 1; step <= steps; step++) {
        long seed = seed(step, fault, 0);
        var history = new History(seed);
        history.fixture.disk.plan(FaultPlan.from(step, fault));
        history.run();
        history.crash(seed);
        history.check("%s from step %d, seed %d".formatted(fault, step, seed));
      }
    }
  }

  /**
   * The disk fails until the process dies of it; the page cache stays, with pages that the kernel
   * takes for clean. What the reopened store reports must be durable all the same.
   */
  @Test
  void kill_thenReopenThenCrash_losesNothingThatTheReopenedStoreReported() {
    long steps = steps();
    for (long step = 1; step <= steps; step++) {
      long seed = seed(step, Fault.STOP, 9);
      var history = new History(seed);
      long stop = step;
      history.fixture.disk.plan((n, kind, file) -> n >= stop ? Fault.FAIL : Fault.NONE);
      history.run();
      history.fixture.disk.plan((n, kind, file) -> Fault.NONE);
      history.fixture.index.crash(new Random(seed));
      Map<Block, Boolean> reported = new HashMap<>();
      String message = "killed at step %d, seed %d".formatted(step, seed);
      try {
        // Not closed: the power fails while it is open.
        PackChunkStore store = history.fixture.open();
        for (Block block : history.blocks) {
          reported.put(block, store.contains(block.id()));
        }
        store.sync();
      } catch (BlockStoreException e) {
        fail(message, e);
      }
      history.crash(seed);
      history.durable.addAll(
          history.blocks.stream().filter(b -> reported.getOrDefault(b, false)).toList());
      history.check(message);
    }
  }

  /** A disk that lies cannot keep promises, but the store never hands out wrong bytes. */
  @Test
  void droppedStep_anywhere_neverGivesWrongBytes() {
    long steps = steps();
    for (long step = 1; step <= steps; step++) {
      long seed = seed(step, Fault.DROP, 0);
      var history = new History(seed);
      history.fixture.disk.plan(FaultPlan.at(step, Fault.DROP));
      history.run();
      history.crash(seed);
      String message = "dropped step %d, seed %d".formatted(step, seed);
      try (PackChunkStore store = history.fixture.open()) {
        int lost = 0;
        for (Block block : history.blocks) {
          try {
            byte[] plaintext = history.fixture.codec.open(block.id(), store.get(block.id()));
            assertArrayEquals(block.plaintext(), plaintext);
          } catch (BlockStoreException.Missing | BlockStoreException.Corrupt e) {
            lost++;
          }
        }
        assertTrue(lost <= BLOCKS, message);
      } catch (BlockStoreException e) {
        fail(message, e);
      }
    }
  }

  @Test
  void crash_duringRecovery_canBeRepeated() {
    for (int variant = 0; variant < 10; variant++) {
      for (long step = 1; step <= 12; step++) {
        long seed = seed(step, Fault.STOP, 100 + variant);
        var history = new History(seed);
        history.fixture.disk.plan(FaultPlan.at(30 + variant * 5, Fault.STOP));
        history.run();
        history.crash(seed);
        history.fixture.disk.plan(FaultPlan.at(history.fixture.disk.steps() + step, Fault.STOP));
        try (PackChunkStore store = history.fixture.open()) {
          store.sync();
        } catch (BlockStoreException e) {
          assertTrue(e instanceof BlockStoreException.Failed);
        }
        history.crash(seed + 1);
        history.check("stopped at recovery step %d, seed %d".formatted(step, seed));
      }
    }
  }
}
