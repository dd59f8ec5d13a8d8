package org.salvusfs.metadata.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException.Fenced;

/** What a {@link HeadStore} must do, above all: one writer. */
public abstract class HeadStoreContract {
  private static final int RACE_ROUNDS = 25;

  private final ProjectId project = new ProjectId(UUID.randomUUID());

  /** The store; tests use a fresh project each. */
  protected abstract HeadStore heads() throws Exception;

  private static BlockId root(long n) {
    return new BlockId(n, ~n, 3, -4);
  }

  private static LogRow row(long txg, long seq) {
    return new LogRow(txg, seq, ("row " + txg + " " + seq).getBytes(UTF_8));
  }

  private static List<Long> seqs(List<LogRow> rows) {
    return rows.stream().map(LogRow::seq).toList();
  }

  private Fence acquire(HeadStore heads) throws MetadataException {
    var seen = heads.read(project);
    assertNotNull(seen);
    var fence = new Fence(project, seen.epoch() + 1, UUID.randomUUID(), UUID.randomUUID());
    assertTrue(heads.acquire(seen, fence));
    return fence;
  }

  private Fence createAndAcquire(HeadStore heads) throws MetadataException {
    assertTrue(heads.create(project, root(1), 1));
    return acquire(heads);
  }

  @Test
  void read_noHead_isNull() throws Exception {
    assertNull(heads().read(project));
    assertEquals(List.of(), heads().log(project, 0));
  }

  @Test
  void create_firstHead_hasNoHolder() throws Exception {
    assertTrue(heads().create(project, root(7), 1));
    assertEquals(new Head(project, 0, null, null, root(7), 1), heads().read(project));
  }

  @Test
  void create_withATreeOfAnEpoch_goesOnBehindThatEpoch() throws Exception {
    var heads = heads();
    long txg = Txgs.base(7) + 3;
    assertTrue(heads.create(project, root(7), txg));
    assertEquals(new Head(project, 7, null, null, root(7), txg), heads.read(project));
    var fence = acquire(heads);
    heads.commit(fence, root(8), Txgs.base(8) + 1);
    var head = heads.read(project);
    assertNotNull(head);
    assertEquals(8, head.epoch());
    assertEquals(root(8), head.root());
  }

  @Test
  void create_headExists_returnsFalseAndChangesNothing() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.commit(fence, root(2), 2);
    assertFalse(heads.create(project, root(9), 9));
    assertEquals(
        new Head(project, 1, fence.host(), fence.incarnation(), root(2), 2), heads.read(project));
  }

  @Test
  void remove_headAndLogAreGone_andNobodyGetsThemBack() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.append(fence, List.of(row(2, 1)));
    for (int again = 0; again < 2; again++) {
      heads.remove(project);
      assertNull(heads.read(project));
      assertEquals(List.of(), heads.log(project, 0));
    }
    assertThrows(Fenced.class, () -> heads.commit(fence, root(2), 2));
    heads.release(fence);
    assertNull(heads.read(project));
  }

  @Test
  void acquire_noHead_returnsFalse() throws Exception {
    var fence = new Fence(project, 1, UUID.randomUUID(), UUID.randomUUID());
    assertFalse(heads().acquire(new Head(project, 0, null, null, root(1), 1), fence));
    assertNull(heads().read(project));
  }

  @Test
  void acquire_headChangedMeanwhile_returnsFalse() throws Exception {
    var heads = heads();
    assertTrue(heads.create(project, root(1), 1));
    var seen = heads.read(project);
    assertNotNull(seen);
    var first = acquire(heads);
    var late = new Fence(project, 1, UUID.randomUUID(), UUID.randomUUID());
    assertFalse(heads.acquire(seen, late));
    assertThrows(Fenced.class, () -> heads.append(late, List.of(row(2, 1))));

    var beforeCommit = heads.read(project);
    assertNotNull(beforeCommit);
    heads.commit(first, root(2), 2);
    assertFalse(
        heads.acquire(beforeCommit, new Fence(project, 2, UUID.randomUUID(), UUID.randomUUID())));
  }

  @Test
  void acquire_repeated_returnsTrue() throws Exception {
    var heads = heads();
    assertTrue(heads.create(project, root(1), 1));
    var seen = heads.read(project);
    assertNotNull(seen);
    var fence = new Fence(project, 1, UUID.randomUUID(), UUID.randomUUID());
    assertTrue(heads.acquire(seen, fence));
    assertTrue(heads.acquire(seen, fence));
  }

  @Test
  void acquire_epochDoesNotFollow_isRefused() throws Exception {
    var heads = heads();
    assertTrue(heads.create(project, root(1), 1));
    var seen = heads.read(project);
    assertNotNull(seen);
    var fence = new Fence(project, 3, UUID.randomUUID(), UUID.randomUUID());
    assertThrows(IllegalArgumentException.class, () -> heads.acquire(seen, fence));
  }

  @Test
  void commit_byHolder_changesRootAndTxgTogether() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.commit(fence, root(2), 2);
    heads.commit(fence, root(5), 5);
    assertEquals(
        new Head(project, 1, fence.host(), fence.incarnation(), root(5), 5), heads.read(project));
  }

  @Test
  void commit_repeatedOrOlder_succeedsAndChangesNothing() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.commit(fence, root(5), 5);
    heads.commit(fence, root(5), 5);
    heads.commit(fence, root(4), 4);
    var head = heads.read(project);
    assertNotNull(head);
    assertEquals(root(5), head.root());
    assertEquals(5, head.txg());
  }

  @Test
  void commit_txgOfAnEarlierHolder_isRefused() throws Exception {
    var heads = heads();
    heads.commit(createAndAcquire(heads), root(5), 5);
    var second = acquire(heads);
    assertThrows(IllegalArgumentException.class, () -> heads.commit(second, root(6), 5));
    var head = heads.read(project);
    assertNotNull(head);
    assertEquals(root(5), head.root());
  }

  @Test
  void olderFence_afterTakeover_canNeitherCommitNorAppend() throws Exception {
    var heads = heads();
    var older = createAndAcquire(heads);
    heads.append(older, List.of(row(2, 1)));
    var newer = acquire(heads);
    assertThrows(Fenced.class, () -> heads.commit(older, root(66), 66));
    assertThrows(Fenced.class, () -> heads.append(older, List.of(row(2, 2), row(2, 3))));
    assertEquals(List.of(1L), seqs(heads.log(project, 0)));
    heads.commit(newer, root(2), 2);
    assertEquals(
        new Head(project, 2, newer.host(), newer.incarnation(), root(2), 2), heads.read(project));
  }

  @Test
  void sameHostRestarted_olderIncarnation_isFenced() throws Exception {
    var heads = heads();
    assertTrue(heads.create(project, root(1), 1));
    var host = UUID.randomUUID();
    var seen = heads.read(project);
    assertNotNull(seen);
    var older = new Fence(project, 1, host, UUID.randomUUID());
    assertTrue(heads.acquire(seen, older));
    seen = heads.read(project);
    assertNotNull(seen);
    assertTrue(heads.acquire(seen, new Fence(project, 2, host, UUID.randomUUID())));
    assertThrows(Fenced.class, () -> heads.commit(older, root(2), 2));
  }

  @Test
  void release_byHolder_leavesNoHolderAndFencesIt() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.commit(fence, root(2), 2);
    heads.release(fence);
    heads.release(fence);
    assertEquals(new Head(project, 1, null, null, root(2), 2), heads.read(project));
    assertThrows(Fenced.class, () -> heads.commit(fence, root(3), 3));
    assertEquals(2, acquire(heads).epoch());
  }

  @Test
  void release_byFormerHolder_doesNothing() throws Exception {
    var heads = heads();
    var older = createAndAcquire(heads);
    var newer = acquire(heads);
    heads.release(older);
    var head = heads.read(project);
    assertNotNull(head);
    assertEquals(newer.host(), head.host());
  }

  @Test
  void log_rowsOfTwoEpochs_comeByAgeAndSeq() throws Exception {
    var heads = heads();
    var first = createAndAcquire(heads);
    heads.append(first, List.of(row(3, 1), row(2, 2)));
    heads.append(first, List.of(row(3, 3)));
    var second = acquire(heads);
    heads.append(second, List.of(row(3, 1)));
    assertEquals(List.of(1L, 2L, 3L, 1L), seqs(heads.log(project, 0)));
    assertEquals(List.of(1L, 3L, 1L), seqs(heads.log(project, 2)));
    assertEquals(List.of(), heads.log(project, 3));
  }

  @Test
  void append_repeated_leavesOneCopy() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    heads.append(fence, List.of(row(2, 1), row(2, 2)));
    heads.append(fence, List.of(row(2, 1), row(2, 2)));
    var rows = heads.log(project, 1);
    assertEquals(List.of(1L, 2L), seqs(rows));
    assertArrayEquals(row(2, 2).sealed(), rows.get(1).sealed());
  }

  @Test
  void append_asMuchAsAllowed_comesBackWhole() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    var random = new Random(5);
    var rows = new ArrayList<LogRow>();
    for (int seq = 0; seq < HeadStore.APPEND_BYTES_MAX >> 16; seq++) {
      var bytes = new byte[1 << 16];
      random.nextBytes(bytes);
      rows.add(new LogRow(2, seq, bytes));
    }
    heads.append(fence, rows);
    var read = heads.log(project, 1);
    assertEquals(rows.size(), read.size());
    for (int i = 0; i < read.size(); i++) {
      assertArrayEquals(rows.get(i).sealed(), read.get(i).sealed());
    }
    rows.add(row(2, 99));
    assertThrows(IllegalArgumentException.class, () -> heads.append(fence, rows));
    assertThrows(IllegalArgumentException.class, () -> heads.append(fence, List.of()));
  }

  @Test
  void trim_uptoTxg_leavesLaterRows() throws Exception {
    var heads = heads();
    var fence = createAndAcquire(heads);
    for (long txg = 2; txg < 7; txg++) {
      heads.append(fence, List.of(row(txg, txg), row(txg, 10 + txg)));
    }
    heads.trim(project, 4);
    heads.trim(project, 4);
    assertEquals(List.of(5L, 6L, 15L, 16L), seqs(heads.log(project, 0)));
    heads.trim(project, 100);
    assertEquals(List.of(), heads.log(project, 0));
    heads.append(fence, List.of(row(101, 1)));
    assertEquals(List.of(1L), seqs(heads.log(project, 0)));
    assertNotNull(heads.read(project));
  }

  /**
   * Two that both believe they hold the project race appends and commits against each other's
   * takeover; what was acknowledged is there, what was refused is not, and no commit is lost.
   */
  @Test
  void takeover_whileTheHolderWrites_neverLetsBothWrite() throws Exception {
    var heads = heads();
    assertTrue(heads.create(project, root(1), 1));
    var fences = new ArrayList<Fence>();
    fences.add(acquire(heads));
    for (int round = 0; round < RACE_ROUNDS; round++) {
      var older = fences.getLast();
      long firstTxg = 1000L * round + 2;
      // Each changed head refuses a takeover, so at some point the holder must stand still.
      long lastTxg = firstTxg + 1 + round % 7;
      var appended = new AtomicLong();
      var committed = new AtomicLong();
      Fence newer;
      Head atTakeover;
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var appends =
            threads.submit(
                () ->
                    untilFenced(
                        n -> {
                          heads.append(older, List.of(row(firstTxg + 999, n)));
                          appended.set(n);
                        }));
        var commits =
            threads.submit(
                () ->
                    untilFenced(
                        n -> {
                          long txg = Math.min(firstTxg + n, lastTxg);
                          heads.commit(older, root(txg), txg);
                          committed.set(txg);
                        }));
        do {
          atTakeover = heads.read(project);
          assertNotNull(atTakeover);
          newer = new Fence(project, older.epoch() + 1, UUID.randomUUID(), UUID.randomUUID());
        } while (appended.get() == 0 || committed.get() == 0 || !heads.acquire(atTakeover, newer));
        appends.get();
        commits.get();
      }
      fences.add(newer);
      var head = heads.read(project);
      assertNotNull(head);
      assertEquals(newer.epoch(), head.epoch());
      assertEquals(atTakeover.txg(), head.txg(), "a commit after the takeover");
      assertEquals(atTakeover.root(), head.root());
      assertTrue(committed.get() <= head.txg(), "a lost commit, round " + round);
      assertEquals(
          LongStream.rangeClosed(1, appended.get()).boxed().toList(),
          seqs(heads.log(project, firstTxg + 998)),
          "exactly the acknowledged rows, round " + round);
      heads.trim(project, firstTxg + 999);
    }
  }

  private interface Attempt {
    void run(long n) throws MetadataException;
  }

  /** Calls with 1, 2, 3 … */
  private static long untilFenced(Attempt attempt) throws MetadataException {
    long n = 0;
    while (true) {
      try {
        attempt.run(++n);
      } catch (Fenced e) {
        return n;
      }
    }
  }
}
