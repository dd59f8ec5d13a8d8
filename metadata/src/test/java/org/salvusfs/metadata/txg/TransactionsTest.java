package org.salvusfs.metadata.txg;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.Fault;

class TransactionsTest {
  private final Rig rig;

  TransactionsTest() throws MetadataException {
    rig = new Rig();
  }

  private static long create(Transactions.Opened<SmallContents> on, String name)
      throws IOException {
    Transactions transactions = on.transactions();
    long inode = transactions.nextInode();
    try (Tx tx = transactions.begin(TxKind.NAMESPACE)) {
      tx.put(Keys.inode(inode), Rig.FILE.encode());
      tx.put(Keys.dirent(Keys.ROOT_INODE, name.getBytes(UTF_8)), new DirentItem(inode, 8).encode());
      tx.addUsage(0, 1);
      tx.apply();
    }
    return inode;
  }

  private static void write(Transactions.Opened<SmallContents> on, long inode, String text)
      throws IOException {
    on.transactions().awaitRoom(text.length());
    try (Tx tx = on.transactions().begin(TxKind.DATA)) {
      byte[] item = requireNonNull(tx.view().get(Keys.inode(inode)));
      on.contents().set(tx, inode, InodeItem.decode(item), text.getBytes(UTF_8));
      tx.apply();
    }
  }

  private static void remove(Transactions.Opened<SmallContents> on, String name)
      throws IOException {
    try (Tx tx = on.transactions().begin(TxKind.NAMESPACE)) {
      var key = Keys.dirent(Keys.ROOT_INODE, name.getBytes(UTF_8));
      long inode = DirentItem.decode(requireNonNull(tx.view().get(key))).inode();
      byte[] item = requireNonNull(tx.view().get(Keys.inode(inode)));
      tx.delete(key);
      tx.reap(inode);
      tx.addUsage(-InodeItem.decode(item).allocatedBytes(), -1);
      tx.apply();
    }
  }

  private static void renameOver(Transactions.Opened<SmallContents> on, String from, String to)
      throws IOException {
    try (Tx tx = on.transactions().begin(TxKind.NAMESPACE)) {
      var source = Keys.dirent(Keys.ROOT_INODE, from.getBytes(UTF_8));
      var target = Keys.dirent(Keys.ROOT_INODE, to.getBytes(UTF_8));
      byte[] moved = requireNonNull(tx.view().get(source));
      byte[] replaced = tx.view().get(target);
      if (replaced != null) {
        long gone = DirentItem.decode(replaced).inode();
        byte[] item = requireNonNull(tx.view().get(Keys.inode(gone)));
        tx.reap(gone);
        tx.addUsage(-InodeItem.decode(item).allocatedBytes(), -1);
        tx.carryContents(DirentItem.decode(moved).inode());
      }
      tx.delete(source);
      tx.put(target, moved);
      tx.apply();
    }
  }

  @Test
  void apply_neverCalled_changesNothing() throws IOException {
    var on = rig.open();
    try (Tx tx = on.transactions().begin(TxKind.NAMESPACE)) {
      tx.put(Keys.inode(77), Rig.FILE.encode());
    }
    assertNull(on.transactions().view().get(Keys.inode(77)));
    on.transactions().close();
  }

  @Test
  void close_thenOpen_showsEverything() throws IOException {
    var on = rig.open();
    write(on, create(on, "a"), "hello");
    on.transactions().close();
    assertEquals(Map.of("a", "2:5:hello"), Rig.visible(rig.open()));
  }

  @Test
  void crash_afterLog_keepsNamespaceAndThatFileOnly() throws IOException {
    var on = rig.open();
    long a = create(on, "a");
    long b = create(on, "b");
    write(on, a, "logged");
    write(on, b, "not logged");
    on.transactions().log(a);
    create(on, "c");
    assertEquals(Map.of("a", "2:6:logged", "b", "3:0:"), Rig.visible(rig.open()));
  }

  @Test
  void crash_afterRenameOver_carriesTheContents() throws IOException {
    var on = rig.open();
    write(on, create(on, "old"), "old");
    on.transactions().commit();
    write(on, create(on, "new"), "new contents");
    renameOver(on, "new", "old");
    on.transactions().log(0);
    assertEquals(Map.of("old", "3:12:new contents"), Rig.visible(rig.open()));
  }

  @Test
  void crash_betweenCommitAndRetire_replaysNothingTwice() throws IOException {
    var on = rig.open();
    long a = create(on, "a");
    write(on, a, "first");
    on.transactions().log(a);
    var kept = new ArrayList<>(rig.logRecords);
    on.transactions().commit();
    write(on, a, "second, longer");
    on.transactions().commit();
    rig.logRecords.addAll(kept);
    var again = rig.open();
    assertEquals(Map.of("a", "2:14:second, longer"), Rig.visible(again));
    assertEquals(Rig.recount(again.transactions()).bytes(), again.transactions().usage().bytes());
    assertTrue(rig.logRecords.isEmpty());
  }

  @Test
  void nextInode_afterCrash_repeatsNoLoggedNumber() throws IOException {
    var on = rig.open();
    long a = create(on, "a");
    on.transactions().log(0);
    assertNotEquals(a, rig.open().transactions().nextInode());
  }

  @Test
  void commit_whileStoreIsAway_waitsThenFails_andFinishesLater() throws IOException {
    var on = rig.open();
    create(on, "a");
    rig.metadata.faults().away(true);
    assertThrows(MetadataException.Unavailable.class, () -> on.transactions().commit());
    create(on, "b");
    rig.metadata.faults().away(false);
    on.transactions().close();
    assertEquals(List.of("a", "b"), List.copyOf(Rig.visible(rig.open()).keySet()));
  }

  @Test
  void awaitRoom_whileStoreIsAway_failsOnlyWhenFull() throws IOException {
    rig.options =
        new Transactions.Options(
            rig.options.interval(), 10, 10_000, rig.options.patience(), rig.options.nodeGrace());
    var on = rig.open();
    long a = create(on, "a");
    rig.metadata.faults().away(true);
    on.transactions().awaitRoom(10);
    write(on, a, "0123456789");
    write(on, a, "9876543210");
    assertThrows(
        MetadataException.Unavailable.class,
        () -> {
          while (true) {
            write(on, a, "0123456789");
          }
        });
    rig.metadata.faults().away(false);
    on.transactions().close();
  }

  @Test
  void awaitRoom_whenAnotherProjectHoldsTheMemory_hasThatOneCommit() throws IOException {
    rig.budget = new DirtyBudget(5000);
    var holder = rig.open();
    write(holder, create(holder, "large"), "x".repeat(4000));
    var other = new Rig(new ProjectId(new UUID(7, 7)), rig.metadata);
    other.budget = rig.budget;
    other.create();
    var writer = other.open();
    assertTrue(holder.transactions().isDirty());
    write(writer, create(writer, "small"), "y".repeat(1000));
    assertFalse(holder.transactions().isDirty());
    writer.transactions().close();
    holder.transactions().close();
    assertEquals(0, rig.budget.heldBytes());
  }

  @Test
  void awaitRoom_whileContentsAreReleased_waitsForThat_andCommitsIfNothingComesOfIt()
      throws Exception {
    holdAtMost(10);
    var on = rig.open();
    write(on, create(on, "a"), "0123456789");
    long committed = on.transactions().committedTxg();
    on.contents().releasing(true);
    FutureTask<Void> writer = waitingForRoom(on, 10);
    on.contents().releasing(true);
    assertEquals(committed, on.transactions().committedTxg());
    assertFalse(writer.isDone());
    on.contents().releasing(false);
    writer.get();
    // There is room as soon as the full group is closed; its commit follows.
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (on.transactions().committedTxg() == committed && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertTrue(on.transactions().committedTxg() > committed);
    on.transactions().close();
  }

  @Test
  void awaitRoom_whileContentsAreReleased_givesHalf() throws Exception {
    holdAtMost(20);
    var on = rig.open();
    on.contents().releasing(true);
    write(on, create(on, "a"), "0123456789");
    long committed = on.transactions().committedTxg();
    FutureTask<Void> writer = waitingForRoom(on, 1);
    assertFalse(writer.isDone());
    on.contents().releasing(false);
    writer.get();
    assertEquals(committed, on.transactions().committedTxg());
    on.transactions().close();
  }

  private void holdAtMost(int bytes) {
    rig.options =
        new Transactions.Options(
            rig.options.interval(), bytes, 10_000, Duration.ofMinutes(5), rig.options.nodeGrace());
  }

  private static FutureTask<Void> waitingForRoom(Transactions.Opened<SmallContents> on, int bytes) {
    var writer =
        new FutureTask<Void>(
            () -> {
              on.transactions().awaitRoom(bytes);
              return null;
            });
    var thread = new Thread(writer);
    thread.start();
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertFalse(writer.isDone(), "there was room");
      Thread.onSpinWait();
    }
    return writer;
  }

  @Test
  void olderHolder_afterTakeover_canNeitherCommitNorLogNorBegin() throws IOException {
    rig.options = patient(rig.options);
    var older = rig.open();
    create(older, "a");
    var newer = rig.open(new MemoryLog(new ArrayList<>()));
    assertThrows(MetadataException.Fenced.class, () -> older.transactions().commit());
    assertThrows(
        MetadataException.Fenced.class, () -> older.transactions().begin(TxKind.NAMESPACE));
    assertThrows(MetadataException.Fenced.class, () -> older.transactions().log(0));
    assertEquals(Map.of(), Rig.visible(newer));
    create(newer, "b");
    newer.transactions().close();
    assertEquals(List.of("b"), List.copyOf(Rig.visible(rig.open()).keySet()));
  }

  /** A lease that a test takes away and gives back. */
  private static final class LapsingLease implements Lease {
    private final AtomicLong term = new AtomicLong();

    void lapse() {
      term.incrementAndGet();
    }

    @Override
    public boolean isValid() {
      return true;
    }

    @Override
    public long term() {
      return term.get();
    }

    @Override
    public void awaitValid() {}
  }

  @Test
  void begin_afterALapse_commitsFirst_soThatALateTakeOverFails() throws IOException {
    var lease = new LapsingLease();
    rig.lease = lease;
    rig.options = patient(rig.options);
    var on = rig.open();
    create(on, "a");
    on.transactions().commit();
    Head seenDuringTheLapse = rig.head();
    lease.lapse();
    create(on, "b");
    var late =
        new Fence(rig.project, seenDuringTheLapse.epoch() + 1, new UUID(9, 9), new UUID(9, 10));
    assertFalse(rig.metadata.heads().acquire(seenDuringTheLapse, late));
    on.transactions().close();
    assertEquals(List.of("a", "b"), List.copyOf(Rig.visible(rig.open()).keySet()));
  }

  @Test
  void log_afterALapseWithATakeOver_isNotAcknowledged() throws IOException {
    var lease = new LapsingLease();
    rig.lease = lease;
    rig.options = patient(rig.options);
    var on = rig.open();
    create(on, "a");
    lease.lapse();
    rig.open(new MemoryLog(new ArrayList<>()));
    assertThrows(MetadataException.Fenced.class, () -> on.transactions().log(0));
  }

  @Test
  void log_withATakeOverDuringTheAppend_isNotAcknowledged() throws IOException {
    var lease = new LapsingLease();
    rig.lease = lease;
    rig.options = patient(rig.options);
    var slow =
        new MemoryLog(rig.logRecords) {
          @Override
          public void append(long txg, byte[] payload) throws MetadataException {
            lease.lapse();
            try {
              rig.open(new MemoryLog(new ArrayList<>()));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            super.append(txg, payload);
          }
        };
    var on = rig.open(slow);
    create(on, "a");
    assertThrows(MetadataException.Fenced.class, () -> on.transactions().log(0));
  }

  @Test
  void replacedNodes_afterCommits_areDeleted() throws IOException {
    var on = rig.open();
    for (int i = 0; i < 50; i++) {
      create(on, "file" + i);
      on.transactions().commit();
    }
    on.transactions().close();
    assertTrue(rig.metadata.nodeCount() < 4, rig.metadata.nodeCount() + " nodes are left");
  }

  @Test
  void concurrentCreatesAndLogs_loseNothing() throws Exception {
    rig.options = patient(rig.options);
    var on = rig.open();
    try (var pool = Executors.newFixedThreadPool(4)) {
      var tasks = new ArrayList<Callable<Void>>();
      for (int thread = 0; thread < 4; thread++) {
        int number = thread;
        tasks.add(
            () -> {
              for (int i = 0; i < 300; i++) {
                long inode = create(on, number + "-" + i);
                write(on, inode, "text " + i);
                on.transactions().log(inode);
                if (i % 50 == 0) {
                  on.transactions().commit();
                }
              }
              return null;
            });
      }
      for (var done : pool.invokeAll(tasks)) {
        done.get();
      }
    }
    var again = rig.open();
    var visible = Rig.visible(again);
    assertEquals(1200, visible.size());
    visible.forEach((name, value) -> assertTrue(value.endsWith("text " + name.split("-")[1])));
  }

  /** Random work, random faults of the store, a crash at a random moment: a prefix comes back. */
  @Test
  void crashes_atRandomMoments_keepAPrefixAndEverythingAcknowledged() throws IOException {
    for (long seed = 0; seed < 150; seed++) {
      crashRound(seed);
    }
  }

  private static void crashRound(long seed) throws IOException {
    var random = new Random(seed);
    var rig = new Rig();
    var on = rig.open();
    var inodes = new TreeMap<String, Long>();
    var states = new ArrayList<Map<String, String>>(List.of(Map.of()));
    int durable = 0;
    for (int life = 0; life < 4; life++) {
      rig.metadata.faults().atRandom(seed, random.nextInt(3) * 0.05);
      int steps = random.nextInt(60);
      for (int step = 0; step < steps; step++) {
        String name = "f" + random.nextInt(12);
        try {
          if (random.nextInt(8) == 0) {
            on.transactions().log(0);
            durable = states.size() - 1;
          } else if (random.nextInt(12) == 0) {
            on.transactions().commit();
            durable = states.size() - 1;
          } else if (inodes.containsKey(name) && random.nextBoolean()) {
            remove(on, name);
            inodes.remove(name);
            states.add(Rig.visible(on));
          } else if (!inodes.containsKey(name)) {
            inodes.put(name, create(on, name));
            states.add(Rig.visible(on));
          }
        } catch (MetadataException.Unavailable e) {
          assertTrue(durable < states.size()); // Not acknowledged: nothing is promised of it.
        }
      }
      rig.metadata.faults().atRandom(seed, 0);
      on = rig.open();
      var back = Rig.visible(on);
      int match = states.lastIndexOf(back);
      assertTrue(match >= durable, "seed " + seed + ": state " + match + " of at least " + durable);
      var counters = on.transactions().usage();
      assertEquals(Rig.recount(on.transactions()).inodes(), counters.inodes(), "seed " + seed);
      states = new ArrayList<>(List.of(back));
      durable = 0;
      inodes.clear();
      back.forEach((name, value) -> inodes.put(name, Long.parseLong(value.split(":")[0])));
    }
    on.transactions().close();
    assertFalse(on.transactions().isDirty());
  }

  private static Transactions.Options patient(Transactions.Options options) {
    return new Transactions.Options(
        options.interval(),
        options.dirtyBytesMax(),
        options.changesMax(),
        Duration.ofMinutes(1),
        options.nodeGrace());
  }

  @Test
  void everySingleFault_duringACommit_isSurvived() throws IOException {
    for (Fault fault : Fault.values()) {
      for (int step = 0; step < 12; step++) {
        var rig = new Rig();
        rig.options = patient(rig.options);
        var on = rig.open();
        for (int i = 0; i < 300; i++) {
          create(on, "name" + i);
        }
        rig.metadata.faults().plan(rig.metadata.faults().operations() + step, fault);
        on.transactions().commit();
        on.transactions().close();
        rig.metadata.faults().heal();
        assertEquals(300, Rig.visible(rig.open()).size(), fault + " at step " + step);
      }
    }
  }
}
