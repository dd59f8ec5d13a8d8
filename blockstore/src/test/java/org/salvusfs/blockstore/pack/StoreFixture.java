package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Missing;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.blockstore.disk.SimulatedDisk;
import org.salvusfs.blockstore.index.MemoryIndex;

/** A store on a simulated disk with small packs, and what must be true of it. */
final class StoreFixture {
  static final int PACK_BYTES = 8192;

  final SimulatedDisk disk;
  final MemoryIndex index = new MemoryIndex();
  final BlockCodec codec = BlockCodec.of(TestKeys.domain());

  StoreFixture(Random random) {
    disk = new SimulatedDisk(random);
  }

  PackChunkStore open() throws BlockStoreException {
    return PackChunkStore.open(disk, index, PACK_BYTES);
  }

  /** A block whose contents follow from its number. */
  Block block(int number) {
    var random = new Random(number * 0x9E3779B97F4A7C15L);
    byte[] plaintext = TestBytes.noise(random, 1 + random.nextInt(1500));
    BlockId id = codec.id(ByteBuffer.wrap(plaintext));
    return new Block(id, plaintext, codec.seal(id, plaintext, 0, plaintext.length));
  }

  List<Block> blocks(int from, int to) {
    List<Block> blocks = new ArrayList<>();
    for (int i = from; i < to; i++) {
      blocks.add(block(i));
    }
    return blocks;
  }

  record Block(BlockId id, byte[] plaintext, byte[] sealed) {}

  static void put(PackChunkStore store, Block block) throws BlockStoreException {
    store.put(block.id(), block.sealed());
  }

  /** The block is there and authentic. */
  void assertPresent(PackChunkStore store, Block block, String message) throws BlockStoreException {
    assertTrue(store.contains(block.id()), message);
    assertArrayEquals(block.plaintext(), codec.open(block.id(), store.get(block.id())), message);
  }

  /** If the store says it has the block, it has it. */
  void assertHonest(PackChunkStore store, Block block, String message) throws BlockStoreException {
    if (store.contains(block.id())) {
      assertPresent(store, block, message);
    } else {
      try {
        codec.open(block.id(), store.get(block.id()));
        assertTrue(false, message + ": contains says no, get says yes");
      } catch (Missing e) {
        assertFalse(store.contains(block.id()), message);
      }
    }
  }

  /** All that a verification reports. */
  Report verify(PackChunkStore store) throws BlockStoreException {
    var report = new Report(new LinkedHashMap<>(), new ArrayList<>());
    store.verify(
        PackPlace.START,
        codec,
        new BlockVisitor() {
          private long last;

          @Override
          public void intact(BlockId id, int sealedBytes) {
            report.intact.put(id, sealedBytes);
          }

          @Override
          public void damaged(Damage damage) {
            report.damage.add(damage);
          }

          @Override
          public void progress(PackPlace reached, long doneBytes, long totalBytes) {
            assertTrue(last <= doneBytes && doneBytes <= totalBytes);
            last = doneBytes;
          }
        });
    return report;
  }

  record Report(Map<BlockId, Integer> intact, List<BlockVisitor.Damage> damage) {}
}
