package org.salvusfs.blockstore.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.disk.LocalDisk;

/** The whole store on a real disk with the real index. */
class BlockStoreTest {
  private static final BlockStore.Options SMALL = new BlockStore.Options(1 << 20, 1 << 20);

  @TempDir Path directory;

  @Test
  void chunks_ofAnotherCompression_areReadByAll_andStoredAsTheFirstWriterHadThem()
      throws IOException {
    byte[] one = TestBytes.text(new Random(1), 50_000);
    byte[] two = TestBytes.text(new Random(2), 50_000);
    try (BlockStore store = open()) {
      var chosen = new AtomicReference<>(Compression.ZSTD);
      Chunks chunks = store.chunks(Optional.empty(), chosen::get);
      BlockId small = chunks.put(one, 0, one.length);
      byte[] stored = store.store().get(small);
      assertEquals(3, stored[0], "Zstandard");
      assertEquals(small, store.chunks().put(one, 0, one.length));
      assertArrayEquals(stored, store.store().get(small), "as it was");
      assertArrayEquals(one, store.chunks().get(small));
      chosen.set(Compression.LZ4);
      BlockId large = chunks.put(two, 0, two.length);
      assertEquals(2, store.store().get(large)[0], "LZ4, as soon as it is chosen");
      assertArrayEquals(two, chunks.get(large));
    }
  }

  @Test
  void file_storedInChunks_isReadBackAfterEveryKindOfReopen() throws IOException {
    byte[] file = TestBytes.text(new Random(1), 5_000_000);
    List<BlockId> ids = new ArrayList<>();
    try (BlockStore store = open()) {
      Chunks chunks = store.chunks();
      for (int at = 0; at < file.length; ) {
        int length = chunks.cut(file, at, file.length - at, true);
        ids.add(chunks.put(file, at, length));
        at += length;
      }
      chunks.sync();
      assertRead(file, ids, store);
    }
    try (BlockStore store = open()) {
      assertRead(file, ids, store);
    }
    deleteIndex();
    try (BlockStore store = open()) {
      assertRead(file, ids, store);
      Set<BlockId> intact = new HashSet<>();
      store.verify(
          PackPlace.START,
          new BlockVisitor() {
            @Override
            public void intact(BlockId id, int sealedBytes) {
              intact.add(id);
            }

            @Override
            public void damaged(Damage damage) {
              fail(damage.toString());
            }

            @Override
            public void progress(PackPlace reached, long doneBytes, long totalBytes) {
              assertTrue(doneBytes <= totalBytes);
            }
          });
      assertEquals(Set.copyOf(ids), intact);
    }
  }

  @Test
  void open_withAnotherKey_readsNothing() throws IOException {
    BlockId id;
    try (BlockStore store = open()) {
      id = store.chunks().put(new byte[100], 0, 100);
    }
    try (BlockStore store =
        BlockStore.open(packs(), directory.resolve("index"), TestKeys.domain(1), SMALL)) {
      assertThrows(BlockStoreException.Corrupt.class, () -> store.chunks().get(id));
    }
  }

  @Test
  void open_twice_isRefused() throws IOException {
    try (BlockStore store = open()) {
      assertThrows(BlockStoreException.Failed.class, this::open);
      store.chunks().put(new byte[100], 0, 100);
    }
  }

  @Test
  void putsGetsAndSyncs_byManyThreads_loseNothing() throws Exception {
    Map<BlockId, byte[]> expected = new HashMap<>();
    List<Callable<Map<BlockId, byte[]>>> writers = new ArrayList<>();
    try (BlockStore store = open();
        var threads = Executors.newFixedThreadPool(8)) {
      for (int writer = 0; writer < 8; writer++) {
        int number = writer;
        writers.add(() -> write(store.chunks(), number));
      }
      for (var result : threads.invokeAll(writers)) {
        expected.putAll(result.get());
      }
    }
    deleteIndex();
    try (BlockStore store = open()) {
      for (var entry : expected.entrySet()) {
        assertArrayEquals(entry.getValue(), store.chunks().get(entry.getKey()));
      }
    }
  }

  /** Half of what each thread writes the others write too. */
  private static Map<BlockId, byte[]> write(Chunks chunks, int writer) throws BlockStoreException {
    Map<BlockId, byte[]> written = new HashMap<>();
    List<BlockId> ids = new ArrayList<>();
    var random = new Random(writer);
    for (int i = 0; i < 150; i++) {
      var contents = new Random(i % 2 == 0 ? i : 1000L * (writer + 1) + i);
      byte[] data = TestBytes.noise(contents, 1 + contents.nextInt(20_000));
      BlockId id = chunks.put(data, 0, data.length);
      ids.add(id);
      written.put(id, data);
      BlockId any = ids.get(random.nextInt(ids.size()));
      assertArrayEquals(written.get(any), chunks.get(any));
      if (random.nextInt(10) == 0) {
        chunks.sync();
      }
    }
    return written;
  }

  private static void assertRead(byte[] file, List<BlockId> ids, BlockStore store)
      throws BlockStoreException {
    int at = 0;
    for (BlockId id : ids) {
      byte[] chunk = store.chunks().get(id);
      assertArrayEquals(Arrays.copyOfRange(file, at, at + chunk.length), chunk);
      at += chunk.length;
    }
    assertEquals(file.length, at);
  }

  private BlockStore open() throws IOException {
    return BlockStore.open(packs(), directory.resolve("index"), TestKeys.domain(), SMALL);
  }

  private LocalDisk packs() throws IOException {
    return LocalDisk.open(directory.resolve("packs"));
  }

  private void deleteIndex() throws IOException {
    try (var files = Files.list(directory.resolve("index"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
