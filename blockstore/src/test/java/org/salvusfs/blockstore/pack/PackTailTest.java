package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.blockstore.index.MemoryIndex;

/** Blocks on their way through memory to the packs of a real disk, past its page cache. */
class PackTailTest {
  private static final int BLOCKS = 1500;
  private static final int PACK_BYTES = 40 << 20;

  @TempDir Path directory;
  private final MemoryIndex index = new MemoryIndex();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  /**
   * Readers look at what was just put, and at what lies around the places where the file ends and
   * the page cache has read ahead.
   */
  @Test
  void get_whileMuchIsPut_findsEveryBlock() throws Exception {
    try (PackChunkStore store = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        all.add(threads.submit(() -> putAll(store)));
        all.add(threads.submit(reader(store, thread)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    try (PackChunkStore store = open()) {
      for (int number = 0; number < BLOCKS; number++) {
        assertBlock(store, number);
      }
    }
    assertEquals(3, LocalDisk.open(directory).list().size(), "packs");
  }

  private PackChunkStore open() throws Exception {
    return PackChunkStore.open(LocalDisk.open(directory), index, PACK_BYTES);
  }

  private Void putAll(PackChunkStore store) throws BlockStoreException {
    try {
      int number;
      while ((number = begun.getAndIncrement()) < BLOCKS) {
        store.put(id(number), bytes(number));
        assertBlock(store, number);
        if (number % 100 == 0) {
          store.sync();
        }
        done.accumulateAndGet(number, Math::max);
      }
    } finally {
      done.set(BLOCKS);
    }
    return null;
  }

  private Callable<Void> reader(PackChunkStore store, int seed) {
    return () -> {
      var random = new Random(seed);
      while (done.get() < BLOCKS) {
        int number = Math.max(0, done.get() - random.nextInt(100));
        if (store.contains(id(number))) {
          assertBlock(store, number);
        }
      }
      return null;
    };
  }

  private static void assertBlock(PackChunkStore store, int number) throws BlockStoreException {
    assertArrayEquals(bytes(number), store.get(id(number)), "block " + number);
  }

  private static BlockId id(int number) {
    return BlockId.of(ByteBuffer.allocate(BlockId.BYTES).putInt(number).array());
  }

  /** Up to 150 KB, of a length and contents that follow from its number. */
  private static byte[] bytes(int number) {
    var random = new Random(number);
    return TestBytes.noise(random, 1 + random.nextInt(150_000));
  }
}
