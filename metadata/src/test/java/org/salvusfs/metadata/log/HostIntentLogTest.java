package org.salvusfs.metadata.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.FaultPlan;
import org.salvusfs.blockstore.disk.SimulatedDisk.Step;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

class HostIntentLogTest extends IntentLogContract {
  @RegisterExtension static final Muted MUTED = new Muted(HostRecovery.class, HostIntentLog.class);

  /** Of the first opening. */
  private static final long FIRST_TXG = Txgs.base(1) + 1;

  private final Random random = new Random(5);
  private final SimulatedDisk disk = new SimulatedDisk(random);
  private final HostLogs logs = new HostLogs(disk, project, random);
  private final HostLogs neighbour = new HostLogs(disk, new ProjectId(new UUID(13, 14)), random);

  @Override
  IntentLog open() throws IOException {
    return logs.open();
  }

  @Override
  IntentLog beside() throws IOException {
    return logs.beside();
  }

  @Override
  IntentLog openNeighbour() throws IOException {
    return neighbour.open();
  }

  @Override
  long epoch() {
    return logs.openings().epoch();
  }

  @Test
  void close_whenAllIsRetired_leavesOnlySpares() throws IOException {
    IntentLog log = open();
    for (int i = 0; i < 100; i++) {
      log.append(txg(1), new byte[1000]);
    }
    log.retire(txg(1));
    log.close();
    assertEquals(3, disk.list().size());
    assertTrue(disk.list().stream().allMatch(name -> name.startsWith("spare-")));
  }

  @Test
  void append_overManyGroups_reusesItsFiles() throws IOException {
    IntentLog log = open();
    for (int i = 0; i < 1000; i++) {
      log.append(txg(i), new byte[500]);
      log.retire(txg(i));
    }
    assertTrue(disk.list().size() <= 3, disk.list().toString());
    assertTrue(disk.usedBytes() <= 3 * 16384);
  }

  @Test
  void append_insideAFile_isOneWriteAndOneSync() throws IOException {
    IntentLog log = open();
    log.append(txg(1), new byte[100]);
    long before = disk.steps();
    for (int i = 0; i < 20; i++) {
      log.append(txg(1), new byte[100]);
    }
    assertEquals(before + 40, disk.steps());
  }

  @Test
  void append_whenTheSyncFails_goesOnInANewFile() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    disk.plan((n, step, file) -> step == Step.SYNC ? Fault.FAIL : Fault.NONE);
    assertThrows(MetadataException.LogFailed.class, () -> log.append(txg(1), bytes("lost")));
    assertThrows(MetadataException.LogFailed.class, () -> log.append(txg(1), bytes("lost too")));
    disk.plan((n, step, file) -> Fault.NONE);
    log.append(txg(1), bytes("b"));
    log.append(txg(1), bytes("c"));
    disk.crash(new Random(1));
    assertEquals(List.of("a", "b", "c"), texts(open().recover(0)));
  }

  @Test
  void append_withoutSpace_saysSoAndWorksAgainLater() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    disk.capacity(disk.usedBytes());
    byte[] large = new byte[10_000];
    var failure = assertThrows(MetadataException.LogFailed.class, () -> log.append(txg(1), large));
    assertInstanceOf(BlockStoreException.Full.class, failure.getCause());
    assertThrows(MetadataException.LogFailed.class, () -> log.append(txg(1), large));
    disk.capacity(Long.MAX_VALUE);
    log.append(txg(1), large);
    log.append(txg(1), bytes("b"));
    disk.crash(new Random(2));
    List<IntentLog.Entry> entries = open().recover(0);
    assertEquals(3, entries.size());
    assertEquals("a", text(entries.get(0)));
    assertArrayEquals(large, entries.get(1).payload());
    assertEquals("b", text(entries.get(2)));
  }

  @Test
  void append_failingForLackOfSpaceAgainAndAgain_leavesNoFilesBehind() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    disk.capacity(disk.usedBytes());
    for (int i = 0; i < 20; i++) {
      assertThrows(MetadataException.LogFailed.class, () -> log.append(txg(1), new byte[10_000]));
    }
    assertEquals(1, disk.list().size());
  }

  @Test
  void append_ofAGroupFromAnotherEpoch_isRefused() throws IOException {
    IntentLog log = open();
    assertThrows(IllegalArgumentException.class, () -> log.append(1, bytes("a")));
    assertThrows(IllegalArgumentException.class, () -> log.append(Txgs.base(2), bytes("a")));
    log.append(txg(1), bytes("b"));
    assertEquals(List.of("b"), texts(open().recover(0)));
  }

  @Test
  void recover_afterAnotherHostCommitted_setsTheTailAside() throws IOException {
    IntentLog log = open();
    log.append(txg(7), bytes("old tail"));
    logs.openings().acquire(Openings.OTHER_HOST);
    long committed = txg(1);
    HostIntentLog later = logs.open();
    assertEquals(List.of(), texts(later.recover(committed)));
    assertEquals(1, later.setAside().size());
    assertTrue(disk.list().containsAll(later.setAside()));
    assertTrue(later.setAside().getFirst().startsWith("recovered-log-" + project));

    later.append(txg(1), bytes("new"));
    HostIntentLog last = logs.open();
    assertEquals(List.of("new"), texts(last.recover(committed)));
    assertEquals(List.of(), last.setAside());
  }

  @Test
  void recover_afterAnotherHostHeldWithoutCommitting_replays() throws IOException {
    IntentLog log = open();
    log.append(txg(7), bytes("tail"));
    logs.openings().acquire(Openings.OTHER_HOST);
    assertEquals(List.of("tail"), texts(open().recover(3)));
  }

  @Test
  void recover_afterACrashBetweenCommitAndRetire_leavesNothingAside() throws IOException {
    IntentLog log = open();
    for (int i = 0; i < 50; i++) {
      log.append(txg(7), new byte[1000]);
    }
    open().recover(3);
    long committed = txg(1);
    HostIntentLog later = logs.open();
    assertEquals(List.of(), later.recover(committed));
    assertEquals(List.of(), later.setAside());
    assertTrue(disk.list().stream().allMatch(name -> name.startsWith("spare-")));
  }

  @Test
  void recover_whenAMiddleRecordIsDamaged_stopsThereAndKeepsTheFiles() throws IOException {
    IntentLog log = open();
    for (int i = 0; i < 60; i++) {
      log.append(txg(1), bytes("record %02d ".formatted(i).repeat(100)));
    }
    String first = disk.list().stream().filter(name -> name.startsWith("log-")).findFirst().get();
    disk.flipBit(first, (LogFileHeader.BYTES + 3 * 1200) * 8L);
    HostIntentLog later = logs.open();
    List<IntentLog.Entry> entries = later.recover(0);
    assertTrue(entries.size() >= 2 && entries.size() < 4, "entries " + entries.size());
    later.retire(txg(1));
    assertTrue(later.setAside().size() >= 5);
  }

  @Test
  void recover_withAnyBitFlipped_givesAPrefix() throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      var choices = new Random(seed * 0x9E3779B97F4A7C15L);
      var damaged = new SimulatedDisk(choices);
      var damagedLogs = new HostLogs(damaged, project, choices);
      HostIntentLog log = damagedLogs.open();
      for (int i = 0; i < 40; i++) {
        log.append(FIRST_TXG, bytes("record %02d ".formatted(i).repeat(30 + i)));
      }
      List<String> names = damaged.list();
      String name = names.get(choices.nextInt(names.size()));
      damaged.flipBit(name, choices.nextLong(8L * damaged.contents(name).length));
      List<IntentLog.Entry> entries = damagedLogs.open().recover(0);
      for (int i = 0; i < entries.size(); i++) {
        assertEquals(
            "record %02d ".formatted(i).repeat(30 + i), text(entries.get(i)), "seed " + seed);
      }
    }
  }

  @Test
  void begin_whenItFailsAtAnyStep_canBeRepeated() throws IOException {
    for (Fault fault : List.of(Fault.FAIL, Fault.TEAR, Fault.FULL)) {
      for (int step = 1; step <= 7; step++) {
        var failing = new SimulatedDisk(new Random(step));
        var failingLogs = new HostLogs(failing, project, new Random(step));
        HostIntentLog log = failingLogs.open();
        failing.plan(FaultPlan.at(step, fault));
        boolean acknowledged = tryAppend(log, "a");
        failing.plan((n, s, file) -> Fault.NONE);
        log.append(FIRST_TXG, bytes("b"));
        failing.crash(new Random(step));
        List<String> recovered = texts(failingLogs.open().recover(0));
        assertEquals(acknowledged ? List.of("a", "b") : List.of("b"), recovered);
      }
    }
  }

  private static boolean tryAppend(IntentLog log, String text) {
    try {
      log.append(FIRST_TXG, bytes(text));
      return true;
    } catch (MetadataException e) {
      return false;
    }
  }
}
