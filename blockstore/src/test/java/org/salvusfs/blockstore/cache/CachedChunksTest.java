package org.salvusfs.blockstore.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockStoreException.Missing;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.chunker.FastCdc;

class CachedChunksTest {
  private static final int CACHE_BYTES = 1 << 20;

  private final MapStore store = new MapStore();
  private final Chunks chunks =
      new CachedChunks(
          store, BlockCodec.of(TestKeys.domain()), new FastCdc(TestKeys.domain()), CACHE_BYTES);

  @Test
  void put_equalContents_isStoredOnce() throws Exception {
    byte[] data = TestBytes.text(new Random(1), 50_000);
    BlockId id = chunks.put(data, 0, data.length);
    assertEquals(id, chunks.put(data.clone(), 0, data.length));
    assertEquals(1, store.puts.get());
    assertArrayEquals(data, chunks.get(id));
    assertThrows(
        IllegalArgumentException.class,
        () -> chunks.put(new byte[chunks.chunkBytesMax() + 1], 0, chunks.chunkBytesMax() + 1));
  }

  @Test
  void get_again_isAnsweredFromMemory() throws Exception {
    byte[] data = TestBytes.text(new Random(1), 50_000);
    BlockId id = chunks.put(data, 0, data.length);
    assertFalse(chunks.isCached(id));
    chunks.get(id);
    assertTrue(chunks.isCached(id));
    chunks.get(id);
    assertEquals(1, store.gets.get());
  }

  @Test
  void get_ofMoreThanTheCacheHolds_staysWithinItsBytes() throws Exception {
    List<BlockId> ids = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] data = TestBytes.noise(new Random(i), 50_000);
      ids.add(chunks.put(data, 0, data.length));
    }
    for (BlockId id : ids) {
      chunks.get(id);
    }
    long cached = ids.stream().filter(chunks::isCached).count();
    assertTrue(cached > 5 && cached * 50_000 <= CACHE_BYTES, "cached " + cached);
  }

  @Test
  void get_ofDamagedOrMissingChunk_failsEachTime() throws Exception {
    byte[] data = TestBytes.text(new Random(1), 50_000);
    BlockId id = chunks.put(data, 0, data.length);
    byte[] sealed = store.get(id);
    sealed[100] ^= 1;
    assertThrows(Corrupt.class, () -> chunks.get(id));
    assertFalse(chunks.isCached(id));
    assertThrows(Corrupt.class, () -> chunks.get(id));
    sealed[100] ^= 1;
    assertArrayEquals(data, chunks.get(id));
    assertThrows(Missing.class, () -> chunks.get(new BlockId(1, 2, 3, 4)));
  }

  @Test
  void get_byManyAtOnce_loadsOnce() throws Exception {
    byte[] data = TestBytes.text(new Random(1), 50_000);
    BlockId id = chunks.put(data, 0, data.length);
    store.gate = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> reads = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        reads.add(threads.submit(() -> chunks.get(id)));
      }
      store.gate.countDown();
      for (Future<byte[]> read : reads) {
        assertArrayEquals(data, read.get());
      }
    }
    assertEquals(1, store.gets.get());
  }

  /** A store in a map, whose reads can be held up. */
  private static final class MapStore implements ChunkStore {
    private final Map<BlockId, byte[]> blocks = new ConcurrentHashMap<>();
    private final AtomicInteger puts = new AtomicInteger();
    private final AtomicInteger gets = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public boolean contains(BlockId id) {
      return blocks.containsKey(id);
    }

    @Override
    public boolean put(BlockId id, byte[] sealed) {
      puts.incrementAndGet();
      return blocks.putIfAbsent(id, sealed) == null;
    }

    @Override
    public byte[] get(BlockId id) throws Missing {
      gets.incrementAndGet();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      byte[] sealed = blocks.get(id);
      if (sealed == null) {
        throw new Missing("no block " + id);
      }
      return sealed;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
