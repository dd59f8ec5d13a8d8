package org.salvusfs.metadata.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.FaultPlan;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/** Something goes wrong at every single step of a log's life, and then the power fails. */
class HostIntentLogCrashTest {
  @RegisterExtension static final Muted MUTED = new Muted(HostRecovery.class, HostIntentLog.class);

  private static final int CRASHES_PER_STEP = 3;

  /**
   * A log's life: three openings with appends, commits that retire, full and recycled files, each
   * opening but the last ended by a power cut. Records are named by numbers that rise over all
   * openings.
   */
  private static final class Life {
    final SimulatedDisk disk;
    final HostLogs logs;
    final Random random;

    final Set<Integer> acknowledged = new TreeSet<>();
    final List<Long> txgs = new ArrayList<>();
    long committedTxg;
    private final FaultPlan plan;

    Life(long seed, FaultPlan plan) {
      this.plan = plan;
      this.random = new Random(seed * 0x9E3779B97F4A7C15L);
      this.disk = new SimulatedDisk(random);
      this.logs = new HostLogs(disk, new ProjectId(new UUID(1, 2)), random);
    }

    void run(boolean honest) {
      for (int opening = 0; opening < 3; opening++) {
        disk.plan(plan);
        live(honest);
        disk.crash(random);
      }
    }

    /** One opening; a process that cannot recover gives up. */
    private void live(boolean honest) {
      HostIntentLog log;
      try {
        log = logs.open();
        check(log.recover(committedTxg), honest);
        // The first commit of an opening covers everything that was recovered.
        long first = Txgs.base(logs.openings().epoch()) + 1;
        commit(log, first);
      } catch (IOException e) {
        return;
      }
      for (int i = 0; i < 24; i++) {
        append(log, committedTxg + 1 + i % 2, 400 + random.nextInt(2500));
        if (i % 6 == 5) {
          commit(log, committedTxg + 1);
        }
      }
    }

    private void append(IntentLog log, long txg, int fill) {
      int number = txgs.size();
      txgs.add(txg);
      try {
        log.append(txg, (number + ":" + "x".repeat(fill)).getBytes(UTF_8));
        acknowledged.add(number);
      } catch (IOException e) {
        // Not acknowledged: it may come back or not.
      }
    }

    private void commit(IntentLog log, long txg) {
      committedTxg = txg;
      try {
        log.retire(txg);
      } catch (IOException e) {
        // The files stay a while.
      }
    }

    /**
     * Every acknowledged record of an open group is there, in order; what else is there was
     * appended, too, though in vain. A disk that lied may have lost some, but never brings others.
     */
    void check(List<IntentLog.Entry> entries, boolean honest) {
      int last = -1;
      var found = new TreeSet<Integer>();
      for (IntentLog.Entry entry : entries) {
        String text = new String(entry.payload(), UTF_8);
        int number = Integer.parseInt(text.substring(0, text.indexOf(':')));
        assertTrue(number > last, "record " + number + " comes after " + last);
        assertEquals(txgs.get(number), entry.txg());
        assertTrue(entry.txg() > committedTxg, "record " + number + " was retired");
        found.add(number);
        last = number;
      }
      if (honest) {
        for (int number : acknowledged) {
          assertTrue(
              found.contains(number) || txgs.get(number) <= committedTxg,
              "acknowledged record " + number + " is lost, there are " + found);
        }
      }
    }
  }

  @Test
  void anyFault_atAnyStep_losesNoAcknowledgedRecord() {
    long steps = stepsOfAHealthyLife();
    assertTrue(steps > 150, "steps " + steps);
    for (Fault fault :
        List.of(Fault.FAIL, Fault.FULL, Fault.TEAR, Fault.TEAR_AT_SECTOR, Fault.STOP)) {
      sweep(steps, fault, true);
    }
  }

  @Test
  void droppedWrite_atAnyStep_neverBringsBackAWrongRecord() {
    sweep(stepsOfAHealthyLife(), Fault.DROP, false);
  }

  @Test
  void noSpace_fromAnyStepOn_losesNoAcknowledgedRecord() {
    long steps = stepsOfAHealthyLife();
    for (long step = 1; step <= steps; step += 3) {
      long from = step;
      live(step, FaultPlan.from(from, Fault.FULL), true, "full from step " + from);
    }
  }

  private static long stepsOfAHealthyLife() {
    var healthy = new Life(0, (n, step, file) -> Fault.NONE);
    healthy.run(true);
    return healthy.disk.steps();
  }

  private static void sweep(long steps, Fault fault, boolean honest) {
    for (long step = 1; step <= steps; step++) {
      for (int crash = 0; crash < CRASHES_PER_STEP; crash++) {
        long seed = step * CRASHES_PER_STEP + crash;
        live(seed, FaultPlan.at(step, fault), honest, fault + " at step " + step);
      }
    }
  }

  private static void live(long seed, FaultPlan plan, boolean honest, String what) {
    var life = new Life(seed, plan);
    try {
      life.run(honest);
      life.check(life.logs.open().recover(life.committedTxg), honest);
    } catch (IOException | RuntimeException | AssertionError e) {
      throw new AssertionError(what + ", seed " + seed, e);
    }
  }
}
