package org.salvusfs.blockstore.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.cache.SlabCache.Region;

class SlabCacheTest {
  private static final int CHUNK_BYTES = SlabCache.SLAB_BYTES / 10;
  private static final int SLABS = 3;

  private final SlabCache cache = new SlabCache(SLABS * (long) SlabCache.SLAB_BYTES);

  @Test
  void whatWasPublished_isFound_whatWasClosedBefore_isNot() {
    Region kept = reserve(1, CHUNK_BYTES);
    cache.publish(kept, 0);
    kept.close();
    reserve(2, CHUNK_BYTES).close();
    assertArrayEquals(contents(1, CHUNK_BYTES), read(1, 0));
    assertNull(cache.find(id(2), 0));
  }

  @Test
  void theOldestGo_andTheirRoomIsUsedAgain() {
    for (int i = 0; i < 1000; i++) {
      put(i);
    }
    long[] cached = cached(1000).toArray();
    assertTrue(
        cached.length >= 10 * (SLABS - 1) && cached.length <= 10 * SLABS, () -> cached.length + "");
    assertArrayEquals(LongStream.range(1000 - cached.length, 1000).toArray(), cached);
    for (long i : cached) {
      assertArrayEquals(contents(i, CHUNK_BYTES), read(i, 0));
    }
  }

  @Test
  void whatIsReadAgain_stays_andWhatIsReadOnce_doesNot() {
    put(0);
    put(1);
    for (int i = 2; i < 200; i++) {
      put(i);
      read(i, CHUNK_BYTES);
      assertArrayEquals(contents(0, CHUNK_BYTES), read(0, CHUNK_BYTES), "after " + i);
    }
    assertFalse(cache.contains(id(1)));
    assertFalse(cache.contains(id(2)));
  }

  @Test
  void whatIsHeld_isNeitherMovedNorOverwritten() {
    var held = new ArrayList<Region>();
    for (int i = 0; i < 10 * SLABS; i++) {
      Region region = reserve(i, CHUNK_BYTES);
      cache.publish(region, 0);
      held.add(region);
    }
    for (int i = 1000; i < 1100; i++) {
      put(i); // in arrays of their own: no slab is free
      assertFalse(cache.contains(id(i)));
    }
    for (int i = 0; i < held.size(); i++) {
      assertArrayEquals(contents(i, CHUNK_BYTES), bytes(held.get(i)), "chunk " + i);
    }
    held.forEach(Region::close);
    put(2000);
    assertTrue(cache.contains(id(2000)));
  }

  @Test
  void manyAtOnce_readWhatBelongsToTheId() throws Exception {
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> users = new ArrayList<>();
      for (int user = 0; user < 4; user++) {
        var random = new Random(user);
        users.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 3000; i++) {
                    use(random);
                  }
                }));
      }
      for (Future<?> user : users) {
        user.get();
      }
    }
  }

  /** Reads a chunk, loading it if it is not there; few are asked for often. */
  private void use(Random random) {
    int chunk = random.nextInt(random.nextBoolean() ? 5 : 100);
    int length = 1 + chunk * 2500;
    Region region = cache.find(id(chunk), length);
    if (region == null) {
      region = reserve(chunk, length);
      cache.publish(region, length);
    }
    try (Region open = region) {
      assertArrayEquals(contents(chunk, length), bytes(open));
    }
  }

  private void put(long chunk) {
    try (Region region = reserve(chunk, CHUNK_BYTES)) {
      cache.publish(region, 0);
    }
  }

  private Region reserve(long chunk, int length) {
    Region region = cache.reserve(id(chunk), length);
    System.arraycopy(contents(chunk, length), 0, region.array(), region.start(), length);
    return region;
  }

  private byte @Nullable [] read(long chunk, int readBytes) {
    Region region = cache.find(id(chunk), readBytes);
    if (region == null) {
      return null;
    }
    try (region) {
      return bytes(region);
    }
  }

  private LongStream cached(int chunks) {
    return LongStream.range(0, chunks).filter(chunk -> cache.contains(id(chunk)));
  }

  private static byte[] bytes(Region region) {
    return Arrays.copyOfRange(region.array(), region.start(), region.start() + region.length());
  }

  private static byte[] contents(long chunk, int length) {
    return TestBytes.noise(new Random(chunk), length);
  }

  private static BlockId id(long chunk) {
    return new BlockId(chunk, 2, 3, 4);
  }
}
