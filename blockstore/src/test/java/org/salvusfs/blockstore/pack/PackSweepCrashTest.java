package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.FaultPlan;
import org.salvusfs.blockstore.pack.StoreFixture.Block;
import org.slf4j.LoggerFactory;

/**
 * Crash sweeps: a fault at every step that a sweep takes on the disk, then a power cut that also
 * takes any number of the index's last updates; then every block in use must be there, and a rerun
 * must free what is left.
 */
@Tag("promise")
@Tag("promise-12")
class PackSweepCrashTest {
  private static final int BLOCKS = 40;

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

  /** A store of which two thirds are garbage, and a writer that stores some of it again. */
  private static final class History {
    final Random random;
    final StoreFixture fixture;
    final List<Block> blocks;
    final List<Block> live = new ArrayList<>();
    final List<Block> again = new ArrayList<>();
    private int puts;

    History(long seed) throws BlockStoreException {
      random = new Random(seed);
      fixture = new StoreFixture(random);
      blocks = fixture.blocks(0, BLOCKS);
      try (PackChunkStore store = fixture.open()) {
        for (Block block : blocks) {
          StoreFixture.put(store, block);
        }
      }
      for (int i = 0; i < BLOCKS; i += 3) {
        live.add(blocks.get(i));
      }
    }

    long steps() {
      return fixture.disk.steps();
    }

    /** What was acknowledged in {@code again} has to be there afterwards. */
    void sweep() {
      try (PackChunkStore store = fixture.open();
          Sweep sweep = store.sweep(random.nextLong())) {
        live.forEach(block -> sweep.marks().add(block.id()));
        sweep.run(0, (bytes, done, total) -> write(store));
      } catch (BlockStoreException | WriteFailed e) {
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
      }
    }

    private void write(PackChunkStore store) {
      if (++puts % 5 == 0) {
        Block block = blocks.get((puts * 7) % BLOCKS);
        try {
          if (!store.contains(block.id())) {
            StoreFixture.put(store, block);
          }
          store.sync();
          again.add(block);
        } catch (BlockStoreException e) {
          throw new WriteFailed(e);
        }
      }
    }

    void crash(long seed) {
      var choices = new Random(seed);
      fixture.disk.crash(choices);
      fixture.index.crash(choices);
    }

    void check(String message) {
      var needed = new ArrayList<>(live);
      needed.addAll(again);
      try (PackChunkStore store = fixture.open()) {
        for (Block block : needed) {
          fixture.assertPresent(store, block, message);
        }
        for (Block block : blocks) {
          fixture.assertHonest(store, block, message);
        }
        assertEquals(List.of(), fixture.verify(store).damage(), message);
      } catch (BlockStoreException e) {
        fail(message, e);
      }
      rerun(needed, message + ", rerun");
    }

    private void rerun(List<Block> needed, String message) {
      try (PackChunkStore store = fixture.open()) {
        try (Sweep sweep = store.sweep(random.nextLong())) {
          needed.forEach(block -> sweep.marks().add(block.id()));
          assertEquals(0, sweep.run(0, Sweep.Pace.UNLIMITED).unusedBytes(), message);
        }
        for (Block block : blocks) {
          if (needed.contains(block)) {
            fixture.assertPresent(store, block, message);
          } else {
            assertFalse(store.contains(block.id()), message);
          }
        }
      } catch (BlockStoreException e) {
        fail(message, e);
      }
      fixture.index.clear();
      try (PackChunkStore store = fixture.open()) {
        for (Block block : blocks) {
          assertEquals(needed.contains(block), store.contains(block.id()), message + ", rebuilt");
        }
      } catch (BlockStoreException e) {
        fail(message, e);
      }
    }
  }

  /** Ends a sweep because the disk has failed under somebody else. */
  private static final class WriteFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    WriteFailed(Throwable cause) {
      super(cause);
    }
  }

  private static long seed(long step, Fault fault, int variant) {
    return (step * 31 + fault.name().hashCode()) * 0x9E3779B97F4A7C15L + variant;
  }

  @Test
  void crash_atEveryStepOfASweep_losesNothing_andARerunFreesTheRest() throws Exception {
    crashAtEveryStep(0, 4);
  }

  @Test
  @Tag("long")
  void crash_atEveryStepOfASweepInManyWays_losesNothing() throws Exception {
    crashAtEveryStep(4, 200);
  }

  private static void crashAtEveryStep(int fromVariant, int toVariant) throws BlockStoreException {
    var unharmed = new History(1);
    long first = unharmed.steps();
    unharmed.sweep();
    long steps = unharmed.steps() - first;
    assertTrue(steps > 30, "steps " + steps);
    assertFalse(unharmed.again.isEmpty());
    for (Fault fault :
        EnumSet.of(Fault.FAIL, Fault.FULL, Fault.TEAR, Fault.TEAR_AT_SECTOR, Fault.STOP)) {
      for (long step = 1; step <= steps; step++) {
        for (int variant = fromVariant; variant < toVariant; variant++) {
          long seed = seed(step, fault, variant);
          var history = new History(seed);
          history.fixture.disk.plan(FaultPlan.at(history.steps() + step, fault));
          history.sweep();
          history.crash(seed);
          history.check("%s at step %d, seed %d".formatted(fault, step, seed));
        }
      }
    }
  }

  /** The process is killed: the disk stays as it is, the index loses what it had in memory. */
  @Test
  void kill_atEveryStepOfASweep_losesNothing() throws Exception {
    var unharmed = new History(1);
    long first = unharmed.steps();
    unharmed.sweep();
    long steps = unharmed.steps() - first;
    for (long step = 1; step <= steps; step++) {
      for (int variant = 0; variant < 4; variant++) {
        long seed = seed(step, Fault.STOP, 1000 + variant);
        var history = new History(seed);
        long stop = history.steps() + step;
        history.fixture.disk.plan((n, kind, file) -> n >= stop ? Fault.FAIL : Fault.NONE);
        history.sweep();
        history.fixture.disk.plan((n, kind, file) -> Fault.NONE);
        history.fixture.index.crash(new Random(seed));
        history.check("killed at step %d, seed %d".formatted(step, seed));
      }
    }
  }
}
