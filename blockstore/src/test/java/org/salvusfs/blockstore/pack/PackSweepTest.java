package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.StoreFixture.Block;

/** What a sweep takes, what it leaves, and how others see it while it is under way. */
class PackSweepTest {
  private static final int BLOCKS = 60;

  private final StoreFixture fixture = new StoreFixture(new Random(1));
  private final List<Block> blocks = fixture.blocks(0, BLOCKS);

  private PackChunkStore filled() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
    }
    return fixture.open();
  }

  private List<Block> every(int nth) {
    var chosen = new ArrayList<Block>();
    for (int i = 0; i < BLOCKS; i += nth) {
      chosen.add(blocks.get(i));
    }
    return chosen;
  }

  private static void mark(Sweep sweep, List<Block> live) {
    live.forEach(block -> sweep.marks().add(block.id()));
  }

  private static Sweep.Result sweep(PackChunkStore store, List<Block> live, double unusedMax)
      throws BlockStoreException {
    try (Sweep sweep = store.sweep(5)) {
      mark(sweep, live);
      return sweep.run(unusedMax, Sweep.Pace.UNLIMITED);
    }
  }

  private void assertHolds(PackChunkStore store, List<Block> live) throws BlockStoreException {
    for (Block block : blocks) {
      if (live.contains(block)) {
        fixture.assertPresent(store, block, "in use");
      } else {
        assertFalse(store.contains(block.id()));
        assertThrows(BlockStoreException.Missing.class, () -> store.get(block.id()));
      }
    }
    StoreFixture.Report report = fixture.verify(store);
    assertEquals(List.of(), report.damage());
    Set<BlockId> ids = new HashSet<>();
    live.forEach(block -> ids.add(block.id()));
    assertEquals(ids, report.intact().keySet());
  }

  @Test
  void run_takesWhatIsNotMarked_andGivesItsSpaceBack() throws Exception {
    List<Block> live = every(3);
    long bytes = live.stream().mapToLong(b -> PackFormat.recordBytes(b.sealed().length)).sum();
    try (PackChunkStore store = filled()) {
      long before = fixture.disk.usedBytes();
      Sweep.Result result = sweep(store, live, 0);
      assertHolds(store, live);
      assertEquals(BLOCKS - live.size(), result.chunks());
      assertEquals(bytes, result.liveBytes());
      assertEquals(0, result.unusedBytes());
      assertEquals(bytes, result.bytesMoved());
      assertTrue(result.packsRewritten() > 3, result.toString());
      assertEquals(live.size(), fixture.index.size());
      assertTrue(
          fixture.disk.usedBytes() < before / 2, () -> before + " to " + fixture.disk.usedBytes());
      assertTrue(fixture.disk.usedBytes() < bytes + 60L * BLOCKS, "footers are all there is more");
    }
    try (PackChunkStore store = fixture.open()) {
      assertHolds(store, live);
      assertEquals(0, sweep(store, live, 0).chunks());
    }
  }

  @Test
  void run_whereNothingIsInUse_deletesPacksWithoutMovingAnything() throws Exception {
    try (PackChunkStore store = filled()) {
      Sweep.Result result = sweep(store, List.of(), 0.5);
      assertHolds(store, List.of());
      assertEquals(BLOCKS, result.chunks());
      assertEquals(0, result.bytesMoved());
      assertEquals(0, result.packsRewritten());
      assertEquals(0, fixture.disk.usedBytes());
    }
  }

  @Test
  void run_leavesAsMuchGarbageAsItMay_andThatCanBeReferredTo() throws Exception {
    List<Block> live = new ArrayList<>(blocks);
    List<Block> garbage = List.of(blocks.get(5), blocks.get(BLOCKS - 5));
    live.removeAll(garbage);
    try (PackChunkStore store = filled()) {
      Sweep.Result result = sweep(store, live, 0.5);
      assertEquals(0, result.chunks());
      assertTrue(result.unusedBytes() > 0);
      assertEquals(0, result.packsRewritten());
      for (Block block : garbage) {
        fixture.assertPresent(store, block, "garbage that stayed");
      }
    }
  }

  @Test
  void run_sealsThePackThatIsBeingWritten_ifItHoldsMuchGarbage() throws Exception {
    try (PackChunkStore store = fixture.open()) {
      List<Block> few = blocks.subList(0, 4);
      for (Block block : few) {
        StoreFixture.put(store, block);
      }
      store.sync();
      Sweep.Result result = sweep(store, few.subList(0, 2), 0.05);
      assertEquals(2, result.chunks());
      assertEquals(1, result.packsRewritten());
      assertHolds(store, few.subList(0, 2));
    }
  }

  @Test
  void contains_onceASweepHasBegun_sparesTheBlock() throws Exception {
    Block asked = blocks.get(17);
    try (PackChunkStore store = filled()) {
      try (Sweep sweep = store.sweep(5)) {
        assertTrue(store.contains(asked.id()));
        sweep.run(0, Sweep.Pace.UNLIMITED);
      }
      assertHolds(store, List.of(asked));
      assertEquals(1, sweep(store, List.of(), 0).chunks());
    }
  }

  @Test
  void put_whileASweepIsUnderWay_isSpared() throws Exception {
    Block late = fixture.block(1000);
    try (PackChunkStore store = filled()) {
      try (Sweep sweep = store.sweep(5)) {
        StoreFixture.put(store, late);
        sweep.run(0, Sweep.Pace.UNLIMITED);
      }
      fixture.assertPresent(store, late, "put while a sweep was under way");
    }
  }

  /** Asked at every moment of the sweep, the store says yes and means it, or no and takes it. */
  @Test
  void contains_atAnyMoment_isTrueOnlyIfTheBlockStays() throws Exception {
    List<Block> live = every(3);
    int moments = moments(live);
    for (int moment = 0; moment < moments; moment++) {
      var other = new PackSweepTest();
      other.askAt(moment, other.every(3));
    }
    assertTrue(moments > BLOCKS / 3, "moments " + moments);
  }

  private int moments(List<Block> live) throws BlockStoreException {
    int[] count = {0};
    try (PackChunkStore store = filled();
        Sweep sweep = store.sweep(5)) {
      mark(sweep, live);
      sweep.run(0, (bytes, done, total) -> count[0]++);
    }
    return count[0];
  }

  private void askAt(int moment, List<Block> live) throws BlockStoreException {
    int[] count = {0};
    int[] absent = {0};
    try (PackChunkStore store = filled()) {
      try (Sweep sweep = store.sweep(5)) {
        mark(sweep, live);
        sweep.run(
            0,
            (bytes, done, total) -> {
              if (count[0]++ == moment) {
                for (Block block : blocks) {
                  absent[0] += ask(store, block);
                }
              }
            });
      }
      String message = "asked at moment " + moment + ", " + absent[0] + " were absent";
      for (Block block : blocks) {
        fixture.assertPresent(store, block, message);
      }
      assertEquals(List.of(), fixture.verify(store).damage(), message);
    }
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks) {
        fixture.assertPresent(store, block, "reopened, asked at moment " + moment);
      }
    }
  }

  /** What a writer does that has these contents. */
  private static int ask(PackChunkStore store, Block block) {
    try {
      if (store.contains(block.id())) {
        return 0;
      }
      assertTrue(store.put(block.id(), block.sealed()));
      return 1;
    } catch (BlockStoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void get_whileItsPackGoes_findsTheBlockInItsNewPlace() throws Exception {
    List<Block> live = every(2);
    var failures = new ConcurrentLinkedQueue<Throwable>();
    var done = new AtomicBoolean();
    try (PackChunkStore store = filled()) {
      var readers = new ArrayList<Thread>();
      for (int i = 0; i < 3; i++) {
        readers.add(Thread.ofPlatform().start(() -> readUntil(done, store, live, failures)));
      }
      for (int round = 0; round < 5; round++) {
        for (Block block : blocks) {
          StoreFixture.put(store, block);
        }
        sweep(store, live, 0);
      }
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
    }
  }

  private void readUntil(
      AtomicBoolean done,
      PackChunkStore store,
      List<Block> live,
      ConcurrentLinkedQueue<Throwable> failures) {
    try {
      do {
        for (Block block : live) {
          fixture.codec.open(block.id(), store.get(block.id()));
        }
      } while (!done.get());
    } catch (BlockStoreException | RuntimeException e) {
      failures.add(e);
    }
  }

  @Test
  void run_overDamage_leavesThatPackAlone() throws Exception {
    List<Block> live = every(3);
    filled().close();
    Block damaged = live.get(4);
    Location at = Objects.requireNonNull(fixture.index.get(damaged.id()));
    fixture.disk.flipBit(
        PackFormat.fileName(at.pack()), 8 * (at.offset() + PackFormat.RECORD_HEADER_BYTES + 3));
    try (PackChunkStore store = fixture.open()) {
      Sweep.Result result = sweep(store, live, 0);
      assertEquals(1, result.packsUnreadable());
      assertTrue(result.unusedBytes() > 0);
      for (Block block : live) {
        if (!block.id().equals(damaged.id())) {
          fixture.assertPresent(store, block, "beside damage");
        }
      }
      assertTrue(fixture.disk.list().contains(PackFormat.fileName(at.pack())));
      assertThrows(BlockStoreException.Corrupt.class, () -> store.get(damaged.id()));
    }
  }

  @Test
  void index_rebuiltFromThePacks_givesTheSameAnswers() throws Exception {
    List<Block> live = every(3);
    try (PackChunkStore store = filled()) {
      sweep(store, live, 0);
    }
    fixture.index.clear();
    try (PackChunkStore store = fixture.open()) {
      assertHolds(store, live);
    }
  }

  @Test
  void run_ended_harmsNothing_andTheNextOneFinishes() throws Exception {
    List<Block> live = every(3);
    try (PackChunkStore store = filled()) {
      int[] steps = {0};
      try (Sweep sweep = store.sweep(5)) {
        mark(sweep, live);
        assertThrows(
            CancellationException.class,
            () ->
                sweep.run(
                    0,
                    (bytes, done, total) -> {
                      if (bytes > 0 && ++steps[0] == 9) {
                        throw new CancellationException();
                      }
                    }));
      }
      for (Block block : live) {
        fixture.assertPresent(store, block, "after the sweep was ended");
      }
      sweep(store, live, 0);
      assertHolds(store, live);
    }
  }

  @Test
  void run_onAFullDisk_fails_butWhatIsWhollyGarbageHasGone() throws Exception {
    List<Block> live = blocks.subList(0, BLOCKS / 2);
    try (PackChunkStore store = filled()) {
      fixture.disk.capacity(0);
      var few = new ArrayList<Block>(live);
      few.removeIf(block -> blocks.indexOf(block) % 2 == 0);
      assertThrows(BlockStoreException.Full.class, () -> sweep(store, few, 0));
      for (Block block : few) {
        fixture.assertPresent(store, block, "on a full disk");
      }
      assertFalse(store.contains(blocks.get(BLOCKS - 5).id()), "wholly garbage");
      fixture.disk.capacity(Long.MAX_VALUE);
      sweep(store, few, 0);
      assertHolds(store, few);
    }
  }

  @Test
  void sweep_whileOneIsUnderWay_isRefused() throws Exception {
    try (PackChunkStore store = filled();
        Sweep first = store.sweep(1)) {
      assertThrows(IllegalStateException.class, () -> store.sweep(2));
      first.close();
      store.sweep(3).close();
    }
  }
}
