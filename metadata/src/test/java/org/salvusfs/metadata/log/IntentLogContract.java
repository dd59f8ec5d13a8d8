package org.salvusfs.metadata.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/** What every home of the intent log does. */
abstract class IntentLogContract {
  final ProjectId project = new ProjectId(new UUID(11, 12));

  /** The project's log in a new epoch of this host, whatever became of the previous one. */
  abstract IntentLog open() throws IOException;

  /** The same log, only to be looked at. */
  abstract IntentLog beside() throws IOException;

  /** The log of another project at the same place. */
  abstract IntentLog openNeighbour() throws IOException;

  /** The epoch of the latest {@link #open}. */
  abstract long epoch();

  /** The n-th group of the present epoch. */
  final long txg(long n) {
    return Txgs.base(epoch()) + n;
  }

  /** Gives the project back, after the log was closed, where there is a store that knows. */
  void release() throws IOException {}

  /** How many random runs are worth their time. */
  int seeds() {
    return 50;
  }

  @Test
  void recover_ofANewProject_isEmpty() throws IOException {
    assertEquals(List.of(), texts(open().recover(0)));
  }

  @Test
  void recover_afterAppends_givesThemInOrder() throws IOException {
    IntentLog log = open();
    log.recover(0);
    for (int i = 0; i < 100; i++) {
      log.append(txg(1 + i / 40), bytes("record " + i));
    }
    List<IntentLog.Entry> entries = open().recover(0);
    assertEquals(100, entries.size());
    for (int i = 0; i < 100; i++) {
      assertEquals("record " + i, text(entries.get(i)));
      assertEquals(Txgs.base(1) + 1 + i / 40, entries.get(i).txg());
    }
  }

  @Test
  void peek_whileTheLogIsInUse_givesWhatIsThere_andChangesNothing() throws IOException {
    IntentLog log = open();
    log.recover(0);
    log.append(txg(1), bytes("a"));
    log.append(txg(2), bytes("b"));
    IntentLog looking = beside();
    assertEquals(List.of("a", "b"), texts(looking.peek(0)));
    assertEquals(List.of("b"), texts(looking.peek(txg(1))));
    log.append(txg(3), bytes("c"));
    assertEquals(List.of("a", "b", "c"), texts(looking.peek(0)));
    log.retire(txg(3));
    log.append(txg(4), bytes("d"));
    assertEquals(List.of("d"), texts(looking.peek(txg(3))));
    assertEquals(List.of("d"), texts(open().recover(Txgs.base(1) + 3)));
  }

  @Test
  void recover_afterClose_givesWhatWasNotRetired() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    log.append(txg(2), bytes("b"));
    log.retire(txg(1));
    log.close();
    release();
    long committed = txg(1);
    assertEquals(List.of("b"), texts(open().recover(committed)));
  }

  @Test
  void recover_afterACommitThatDidNotRetire_leavesCommittedGroupsOut() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    log.append(txg(3), bytes("b"));
    log.append(txg(2), bytes("c"));
    log.append(txg(3), bytes("d"));
    long committed = txg(2);
    assertEquals(List.of("b", "d"), texts(open().recover(committed)));
  }

  @Test
  void recover_afterFallingTxgs_keepsTheOrderOfAppending() throws IOException {
    IntentLog log = open();
    log.append(txg(5), bytes("a"));
    log.append(txg(4), bytes("b"));
    log.append(txg(5), bytes("c"));
    log.append(txg(4), bytes("d"));
    assertEquals(List.of("a", "b", "c", "d"), texts(open().recover(0)));
  }

  @Test
  void recover_crashedAgainBeforeTheCommit_givesTheSameEveryTime() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    log.append(txg(2), bytes("b"));
    for (int i = 0; i < 5; i++) {
      assertEquals(List.of("a", "b"), texts(open().recover(0)));
    }
  }

  @Test
  void append_afterRecovery_comesBehindWhatWasRecovered() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    IntentLog second = open();
    second.recover(0);
    second.append(txg(2), bytes("b"));
    IntentLog third = open();
    assertEquals(List.of("a", "b"), texts(third.recover(0)));
    third.append(txg(3), bytes("c"));
    assertEquals(List.of("a", "b", "c"), texts(open().recover(0)));
  }

  @Test
  void retire_afterRecovery_forgetsWhatWasRecovered() throws IOException {
    IntentLog log = open();
    log.append(txg(4), bytes("a"));
    IntentLog second = open();
    second.recover(0);
    long committed = txg(1);
    second.retire(committed);
    second.append(txg(2), bytes("b"));
    assertEquals(List.of("b"), texts(open().recover(committed)));
  }

  @Test
  void append_ofAnySize_comesBackWhole() throws IOException {
    IntentLog log = open();
    var random = new Random(1);
    var payloads = new ArrayList<byte[]>();
    for (int size : List.of(0, 1, 7, 4096, 65535, 65536, 65537, 200_000, 1_500_000, 0)) {
      byte[] payload = new byte[size];
      random.nextBytes(payload);
      log.append(txg(1), payload);
      payloads.add(payload);
    }
    List<IntentLog.Entry> entries = open().recover(0);
    assertEquals(payloads.size(), entries.size());
    for (int i = 0; i < payloads.size(); i++) {
      assertEquals(hash(payloads.get(i)), hash(entries.get(i).payload()));
    }
  }

  @Test
  void recover_withANeighbour_seesOnlyItsOwn() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("mine"));
    openNeighbour().append(txg(1), bytes("not mine"));
    assertEquals(List.of("mine"), texts(open().recover(0)));
    assertEquals(List.of("not mine"), texts(openNeighbour().recover(0)));
  }

  @Test
  void randomUse_withCrashesAndCloses_matchesAList() throws IOException {
    for (long seed = 0; seed < seeds(); seed++) {
      randomUse(seed);
    }
  }

  /**
   * Appends, commits, crashes and closes at random; the model is the list of what must be there.
   */
  private void randomUse(long seed) throws IOException {
    var random = new Random(seed * 0x9E3779B97F4A7C15L);
    var model = new ArrayList<IntentLog.Entry>();
    IntentLog log = open();
    // What the previous seed left counts as committed.
    long committed = txg(0);
    log.recover(committed);
    log.retire(committed);
    for (int step = 0; step < 200; step++) {
      int choice = random.nextInt(100);
      if (choice < 70) {
        var payload = new byte[random.nextInt(10) == 0 ? random.nextInt(3000) : random.nextInt(60)];
        random.nextBytes(payload);
        var entry =
            new IntentLog.Entry(Math.max(committed, txg(0)) + 1 + random.nextInt(2), payload);
        log.append(entry.txg(), entry.payload());
        model.add(entry);
      } else if (choice < 90) {
        committed = Math.max(committed, txg(0)) + 1;
        long retired = committed;
        model.removeIf(entry -> entry.txg() <= retired);
        log.retire(committed);
      } else {
        if (random.nextBoolean()) {
          log.close();
          if (random.nextBoolean()) {
            release();
          }
        }
        log = open();
        assertEquals(hashes(model), hashes(log.recover(committed)), "seed " + seed);
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static String text(IntentLog.Entry entry) {
    return new String(entry.payload(), UTF_8);
  }

  static List<String> texts(List<IntentLog.Entry> entries) {
    return entries.stream().map(IntentLogContract::text).toList();
  }

  static List<String> hashes(List<IntentLog.Entry> entries) {
    return entries.stream().map(entry -> entry.txg() + ":" + hash(entry.payload())).toList();
  }

  static String hash(byte[] bytes) {
    return bytes.length < 40
        ? HexFormat.of().formatHex(bytes)
        : bytes.length + "#" + Arrays.hashCode(bytes);
  }
}
