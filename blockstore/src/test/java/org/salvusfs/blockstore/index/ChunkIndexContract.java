package org.salvusfs.blockstore.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;

/** What every index does. */
abstract class ChunkIndexContract {
  /** Opens the same index again and again; the one before was closed. */
  abstract ChunkIndex open() throws IOException;

  @Test
  void get_afterReopen_findsThousandsOfEntries() throws IOException {
    var model = new HashMap<BlockId, Location>();
    var random = new Random(3);
    try (ChunkIndex index = open()) {
      for (int batch = 0; batch < 20; batch++) {
        var entries = new HashMap<BlockId, Location>();
        for (int i = 0; i < 500; i++) {
          entries.put(
              id(random.nextInt(5000)),
              new Location(1 + batch, random.nextLong(1L << 32), random.nextInt(1 << 20)));
        }
        index.put(entries);
        model.putAll(entries);
      }
      assertEquals(20, index.highestPack());
    }
    try (ChunkIndex index = open()) {
      for (int i = 0; i < 5000; i++) {
        assertEquals(model.get(id(i)), index.get(id(i)));
      }
      assertEquals(20, index.highestPack());
    }
  }

  @Test
  void remove_andCover_areKept() throws IOException {
    try (ChunkIndex index = open()) {
      assertEquals(0, index.highestPack());
      index.put(Map.of(id(1), new Location(2, 64, 10), id(2), new Location(2, 128, 10)));
      index.remove(id(1));
      index.cover(7, 1L << 31);
    }
    try (ChunkIndex index = open()) {
      assertNull(index.get(id(1)));
      assertEquals(new Location(2, 128, 10), index.get(id(2)));
      assertEquals(1L << 31, index.covered(7));
      assertEquals(-1, index.covered(2));
      assertEquals(7, index.highestPack());
    }
  }

  @Test
  void uncover_forgetsThePackButNotItsNumber() throws IOException {
    try (ChunkIndex index = open()) {
      index.cover(7, 100);
      index.cover(8, 200);
      index.uncover(8);
    }
    try (ChunkIndex index = open()) {
      assertEquals(100, index.covered(7));
      assertEquals(-1, index.covered(8));
      assertEquals(8, index.highestPack());
    }
  }

  @Test
  void clear_forgetsEverything() throws IOException {
    try (ChunkIndex index = open()) {
      index.put(Map.of(id(1), new Location(2, 64, 10)));
      index.cover(2, 100);
      index.clear();
      assertNull(index.get(id(1)));
      assertEquals(-1, index.covered(2));
      assertEquals(0, index.highestPack());
      index.put(Map.of(id(1), new Location(3, 64, 10)));
    }
    try (ChunkIndex index = open()) {
      assertEquals(new Location(3, 64, 10), index.get(id(1)));
    }
  }

  static BlockId id(int number) {
    var random = new Random(number * 0x9E3779B97F4A7C15L);
    return new BlockId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }
}
