package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockStoreException.Failed;
import org.salvusfs.blockstore.api.BlockStoreException.Full;
import org.salvusfs.blockstore.api.BlockStoreException.Missing;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.Step;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.StoreFixture.Block;

class PackChunkStoreTest {
  private final StoreFixture fixture = new StoreFixture(new Random(1));
  private final List<Block> blocks = fixture.blocks(0, 60);

  @Test
  void put_twice_writesOnce() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      Block block = blocks.getFirst();
      assertFalse(store.contains(block.id()));
      assertThrows(Missing.class, () -> store.get(block.id()));
      assertTrue(store.put(block.id(), block.sealed()));
      assertFalse(store.put(block.id(), block.sealed()));
      store.sync();
      assertFalse(store.put(block.id(), block.sealed()));
      fixture.assertPresent(store, block, "");
    }
  }

  @Test
  void close_thenOpen_findsAllWithoutScanning() throws BlockStoreException, IOException {
    putAll();
    assertTrue(fixture.disk.list().size() > 3);
    long steps = fixture.disk.steps();
    try (PackChunkStore store = fixture.open()) {
      assertEquals(steps + 1, fixture.disk.steps(), "only the directory is synced");
      assertAllPresent(store);
      assertEquals(blocks.size(), fixture.verify(store).intact().size());
    }
  }

  @Test
  void open_withoutIndex_findsAll() throws BlockStoreException {
    putAll();
    fixture.index.clear();
    try (PackChunkStore store = fixture.open()) {
      assertAllPresent(store);
    }
  }

  @Test
  void open_withIndexOfOtherPacks_rebuildsIt() throws BlockStoreException {
    putAll();
    fixture.index.cover(1, 4711);
    fixture.index.put(Map.of(fixture.block(999).id(), new Location(1, 64, 5)));
    try (PackChunkStore store = fixture.open()) {
      assertAllPresent(store);
      assertFalse(store.contains(fixture.block(999).id()));
    }
  }

  @Test
  void put_whenFull_failsHarmlesslyUntilThereIsSpace() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks.subList(0, 20)) {
        StoreFixture.put(store, block);
      }
      store.sync();
      fixture.disk.capacity(fixture.disk.usedBytes() + 100);
      for (Block block : blocks.subList(20, 40)) {
        if (block.sealed().length > 100) {
          assertThrows(Full.class, () -> StoreFixture.put(store, block));
          assertFalse(store.contains(block.id()));
        }
      }
      store.sync();
      fixture.disk.capacity(Long.MAX_VALUE);
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
      store.sync();
      assertAllPresent(store);
      assertEquals(List.of(), fixture.verify(store).damage());
    }
    try (PackChunkStore store = fixture.open()) {
      assertAllPresent(store);
    }
  }

  /** A write that failed gave back the room behind it: nothing may be let in on account of that. */
  @Test
  void put_afterRefusal_whenOthersTookTheRoom_isRefusedToo() throws BlockStoreException {
    try (PackChunkStore store = PackChunkStore.open(fixture.disk, fixture.index, 1 << 30)) {
      byte[] large = new byte[1 << 20];
      StoreFixture.put(store, blocks.getFirst());
      fixture.disk.capacity(fixture.disk.usedBytes());
      assertThrows(
          Full.class,
          () -> {
            for (int i = 0; i < 20; i++) {
              store.put(id(i), large);
            }
          });
      fixture.disk.capacity(fixture.disk.usedBytes());
      assertThrows(Full.class, () -> StoreFixture.put(store, blocks.getLast()));
      store.sync();
      fixture.assertPresent(store, blocks.getFirst(), "");
    }
  }

  private static BlockId id(long number) {
    return BlockId.of(ByteBuffer.allocate(BlockId.BYTES).putLong(number).array());
  }

  @Test
  void open_onFullDisk_servesEverything() throws BlockStoreException {
    PackChunkStore killed = fixture.open();
    for (Block block : blocks) {
      StoreFixture.put(killed, block);
    }
    killed.sync();
    fixture.disk.crash(new Random(1));
    fixture.disk.capacity(fixture.disk.usedBytes());
    try (PackChunkStore store = fixture.open()) {
      assertAllPresent(store);
      assertThrows(Full.class, () -> StoreFixture.put(store, fixture.block(1000)));
    }
    fixture.disk.capacity(Long.MAX_VALUE);
    try (PackChunkStore store = fixture.open()) {
      assertAllPresent(store);
      StoreFixture.put(store, fixture.block(1000));
    }
  }

  @Test
  void sync_afterFailedFdatasync_storesTheBlocksElsewhere() throws BlockStoreException {
    PackChunkStore store = fixture.open();
    failOnce(Step.SYNC);
    for (Block block : blocks.subList(0, 4)) {
      StoreFixture.put(store, block);
    }
    store.sync();
    fixture.disk.crash(new Random(2));
    fixture.index.crash(new Random(2));
    try (PackChunkStore reopened = fixture.open()) {
      for (Block block : blocks.subList(0, 4)) {
        fixture.assertPresent(reopened, block, "");
      }
    }
  }

  @Test
  void put_ofMuch_syncsMeanwhile() throws BlockStoreException {
    Block first = blocks.getFirst();
    PackChunkStore store = PackChunkStore.open(fixture.disk, fixture.index, 1 << 30);
    StoreFixture.put(store, first);
    var synced = new ArrayList<String>();
    fixture.disk.plan(
        (n, step, file) -> {
          if (step == Step.SYNC) {
            synced.add(file);
          }
          return Fault.NONE;
        });
    byte[] sealed = new byte[256 << 10];
    for (long bytes = 0; bytes < PackAppender.SYNC_AHEAD_BYTES; bytes += sealed.length) {
      store.put(id(bytes), sealed);
    }
    assertEquals(List.of("pack-00000001.spk"), synced);
    fixture.disk.crash(new Random(4));
    fixture.index.crash(new Random(4));
    try (PackChunkStore reopened = fixture.open()) {
      fixture.assertPresent(reopened, first, "");
    }
  }

  @Test
  void sync_ofManyBlocks_writesThemAtOnce() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      StoreFixture.put(store, blocks.getFirst());
      var writes = new ArrayList<String>();
      fixture.disk.plan(
          (n, step, file) -> {
            if (step == Step.WRITE) {
              writes.add(file);
            }
            return Fault.NONE;
          });
      for (Block block : blocks.subList(1, 5)) {
        StoreFixture.put(store, block);
      }
      assertEquals(List.of(), writes);
      for (Block block : blocks.subList(0, 5)) {
        fixture.assertPresent(store, block, "in memory");
      }
      store.sync();
      assertEquals(List.of(PackFormat.fileName(1)), writes);
      for (Block block : blocks.subList(0, 5)) {
        fixture.assertPresent(store, block, "in the file");
      }
    }
  }

  /** What cannot be written stays readable, and is written to another pack by the next sync. */
  @Test
  void sync_afterFailedWrite_storesTheBlocksElsewhere() throws BlockStoreException {
    PackChunkStore store = fixture.open();
    for (Block block : blocks.subList(0, 4)) {
      StoreFixture.put(store, block);
    }
    fixture.disk.plan(
        (n, step, file) ->
            step == Step.WRITE && file.equals(PackFormat.fileName(1)) ? Fault.FAIL : Fault.NONE);
    store.sync();
    for (Block block : blocks.subList(0, 4)) {
      fixture.assertPresent(store, block, "");
    }
    fixture.disk.crash(new Random(5));
    fixture.index.crash(new Random(5));
    try (PackChunkStore reopened = fixture.open()) {
      for (Block block : blocks.subList(0, 4)) {
        fixture.assertPresent(reopened, block, "");
      }
    }
  }

  @Test
  void open_afterKill_givesReservedRoomBack() throws BlockStoreException, IOException {
    PackChunkStore killed = fixture.open();
    StoreFixture.put(killed, blocks.getFirst());
    killed.sync();
    String file = PackFormat.fileName(1);
    assertEquals(fixture.disk.contents(file).length, killed.usedBytes(), "a sync gives it back");
    StoreFixture.put(killed, blocks.getLast());
    assertEquals(StoreFixture.PACK_BYTES, fixture.disk.contents(file).length);
    try (PackChunkStore store = fixture.open()) {
      fixture.assertPresent(store, blocks.getFirst(), "");
    }
    assertTrue(fixture.disk.contents(file).length < StoreFixture.PACK_BYTES);
  }

  @Test
  void open_afterKillBeforeTheFirstSync_leavesNoPackOfReservedRoom() throws Exception {
    PackChunkStore killed = fixture.open();
    StoreFixture.put(killed, blocks.getFirst());
    assertEquals(1, fixture.disk.list().size());
    fixture.open();
    assertEquals(List.of(), fixture.disk.list());
  }

  @Test
  void sync_whileEveryFdatasyncFails_neverSucceeds() throws BlockStoreException {
    PackChunkStore store = fixture.open();
    StoreFixture.put(store, blocks.getFirst());
    fixture.disk.plan((n, step, file) -> step == Step.SYNC ? Fault.FAIL : Fault.NONE);
    for (int i = 0; i < 5; i++) {
      assertThrows(Failed.class, store::sync);
      fixture.assertPresent(store, blocks.getFirst(), "");
    }
    fixture.disk.plan((n, step, file) -> Fault.NONE);
    store.sync();
    fixture.disk.crash(new Random(3));
    fixture.index.crash(new Random(3));
    try (PackChunkStore reopened = fixture.open()) {
      fixture.assertPresent(reopened, blocks.getFirst(), "");
    }
  }

  /**
   * The kernel drops pages after a failed sync: what cannot be read back is never called durable.
   */
  @Test
  void sync_afterBlockWasLost_failsUntilItIsPutAgain() throws Exception {
    PackChunkStore store = fixture.open();
    Block block = blocks.getFirst();
    StoreFixture.put(store, block);
    fixture.disk.plan(
        (n, step, file) -> {
          if (step == Step.SYNC) {
            flip(file, PackFormat.HEADER_BYTES + PackFormat.RECORD_HEADER_BYTES);
            return Fault.FAIL;
          }
          return Fault.NONE;
        });
    assertThrows(Failed.class, store::sync);
    fixture.disk.plan((n, step, file) -> Fault.NONE);
    assertThrows(Failed.class, store::sync);
    assertFalse(store.contains(block.id()));
    StoreFixture.put(store, block);
    store.sync();
    fixture.assertPresent(store, block, "");
    store.close();
  }

  @Test
  void get_ofDamagedBlock_isCorruptUntilItIsPutAgain() throws Exception {
    Block block = blocks.getFirst();
    PackChunkStore store = fixture.open();
    StoreFixture.put(store, block);
    store.sync();
    flip(PackFormat.fileName(1), PackFormat.HEADER_BYTES + PackFormat.RECORD_HEADER_BYTES);
    assertThrows(Corrupt.class, () -> store.get(block.id()));
    assertFalse(store.contains(block.id()));
    assertTrue(store.put(block.id(), block.sealed()));
    fixture.assertPresent(store, block, "");
    store.close();
    try (PackChunkStore reopened = fixture.open()) {
      fixture.assertPresent(reopened, block, "");
    }
  }

  @Test
  void open_packOfAnotherVersion_isRefusedAndUntouched() throws Exception {
    putAll();
    byte[] pack = fixture.disk.contents(PackFormat.fileName(1));
    pack[27] = 9;
    var header = ByteBuffer.wrap(pack, 0, PackFormat.HEADER_BYTES);
    header.putInt(60, PackFormat.crc(header, 0, 60));
    fixture.disk.plant(PackFormat.fileName(1), pack);
    var e = assertThrows(Failed.class, fixture::open);
    assertTrue(e.toString().contains("another version"), e.toString());
    assertArrayEquals(pack, fixture.disk.contents(PackFormat.fileName(1)));
  }

  @Test
  void put_afterClose_fails() throws BlockStoreException {
    PackChunkStore store = fixture.open();
    store.close();
    assertThrows(Failed.class, () -> StoreFixture.put(store, blocks.getFirst()));
  }

  private void putAll() throws BlockStoreException {
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
    }
  }

  private void assertAllPresent(PackChunkStore store) throws BlockStoreException {
    for (Block block : blocks) {
      fixture.assertPresent(store, block, "");
    }
  }

  private void failOnce(Step failing) {
    boolean[] done = new boolean[1];
    fixture.disk.plan(
        (n, step, file) -> {
          if (step == failing && !done[0]) {
            done[0] = true;
            return Fault.FAIL;
          }
          return Fault.NONE;
        });
  }

  private void flip(String file, int byteOffset) {
    try {
      fixture.disk.flipBit(file, byteOffset * 8L);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
