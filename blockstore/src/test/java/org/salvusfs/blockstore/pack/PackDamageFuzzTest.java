package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockStoreException.Missing;
import org.salvusfs.blockstore.api.BlockVisitor.Damage;
import org.salvusfs.blockstore.pack.StoreFixture.Block;

/** Damaged packs: every read gives the right bytes or an error, and verification finds the rest. */
class PackDamageFuzzTest {
  private static final int BLOCKS = 60;

  @Test
  void bitFlips_whileOpen_areFoundByReadsAndByVerification() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      String message = "seed " + seed;
      var random = new Random(seed * 0x9E3779B97F4A7C15L);
      var fixture = new StoreFixture(random);
      List<Block> blocks = store(fixture);
      try (PackChunkStore store = fixture.open()) {
        for (int flips = 1 + random.nextInt(5); flips > 0; flips--) {
          flip(fixture, random);
        }
        Set<BlockId> reported = new HashSet<>();
        for (Damage damage : fixture.verify(store).damage()) {
          if (damage.id() != null) {
            reported.add(damage.id());
          }
        }
        assertEquals(reported, unreadable(fixture, store, blocks, message), message);
        assertHeals(fixture, store, blocks, message);
      }
    }
  }

  @Test
  void bitFlips_whileClosed_neverGiveWrongBytes() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      String message = "seed " + seed;
      var random = new Random(seed * 0x9E3779B97F4A7C15L);
      var fixture = new StoreFixture(random);
      List<Block> blocks = store(fixture);
      for (int flips = 1 + random.nextInt(5); flips > 0; flips--) {
        flip(fixture, random);
      }
      if (random.nextBoolean()) {
        fixture.index.clear();
      }
      try (PackChunkStore store = fixture.open()) {
        assertTrue(unreadable(fixture, store, blocks, message).size() <= 5, message);
        assertHeals(fixture, store, blocks, message);
      }
    }
  }

  @Test
  void packs_truncatedSwappedOrOverwritten_neverGiveWrongBytes() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      String message = "seed " + seed;
      var random = new Random(seed * 0x9E3779B97F4A7C15L);
      var fixture = new StoreFixture(random);
      List<Block> blocks = store(fixture);
      mangle(fixture, random);
      if (random.nextBoolean()) {
        fixture.index.clear();
      }
      try (PackChunkStore store = fixture.open()) {
        unreadable(fixture, store, blocks, message);
        assertHeals(fixture, store, blocks, message);
      }
      try (PackChunkStore store = fixture.open()) {
        assertEquals(Set.of(), unreadable(fixture, store, blocks, message), message);
      }
    }
  }

  @Test
  void packs_swappedAndSwappedBack_areWhole() throws IOException {
    var fixture = new StoreFixture(new Random(1));
    List<Block> blocks = store(fixture);
    swap(fixture, PackFormat.fileName(1), PackFormat.fileName(2));
    fixture.index.clear();
    try (PackChunkStore store = fixture.open()) {
      assertTrue(!unreadable(fixture, store, blocks, "swapped").isEmpty());
      assertTrue(!fixture.verify(store).damage().isEmpty());
    }
    swap(fixture, PackFormat.fileName(1), PackFormat.fileName(2));
    try (PackChunkStore store = fixture.open()) {
      assertEquals(Set.of(), unreadable(fixture, store, blocks, "swapped back"));
      assertEquals(List.of(), fixture.verify(store).damage());
    }
  }

  @Test
  void open_ofGarbageFiles_servesTheRest() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed * 0x9E3779B97F4A7C15L);
      var fixture = new StoreFixture(random);
      fixture.disk.plant("notes.txt", TestBytes.noise(random, 10));
      byte[] garbage = TestBytes.noise(random, random.nextInt(20_000));
      if (random.nextBoolean()) {
        Arrays.fill(garbage, 0, garbage.length / 2, (byte) 0);
      }
      fixture.disk.plant(PackFormat.fileName(3), garbage);
      List<Block> blocks = store(fixture);
      try (PackChunkStore store = fixture.open()) {
        assertEquals(Set.of(), unreadable(fixture, store, blocks, "seed " + seed));
      }
      assertEquals(10, fixture.disk.contents("notes.txt").length);
    }
  }

  private static List<Block> store(StoreFixture fixture) throws BlockStoreException {
    List<Block> blocks = fixture.blocks(0, BLOCKS);
    try (PackChunkStore store = fixture.open()) {
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
    }
    return blocks;
  }

  private static String anyPack(StoreFixture fixture, Random random) throws IOException {
    List<String> names = fixture.disk.list();
    return names.get(random.nextInt(names.size()));
  }

  private static void flip(StoreFixture fixture, Random random) throws IOException {
    String name = anyPack(fixture, random);
    fixture.disk.flipBit(name, random.nextLong(fixture.disk.contents(name).length * 8L));
  }

  private static void mangle(StoreFixture fixture, Random random) throws IOException {
    String name = anyPack(fixture, random);
    byte[] bytes = fixture.disk.contents(name);
    switch (random.nextInt(5)) {
      case 0 -> fixture.disk.plant(name, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 1 -> swap(fixture, name, anyPack(fixture, random));
      case 2 -> {
        int at = random.nextInt(bytes.length);
        int end = Math.min(bytes.length, at + 512 + random.nextInt(4096));
        Arrays.fill(bytes, at, end, (byte) 0);
        fixture.disk.plant(name, bytes);
      }
      case 3 -> {
        byte[] other = fixture.disk.contents(anyPack(fixture, random));
        int from = random.nextInt(Math.min(bytes.length, other.length) / 512) * 512;
        int count = Math.min(4096, Math.min(bytes.length, other.length) - from);
        System.arraycopy(other, from, bytes, from, count);
        fixture.disk.plant(name, bytes);
      }
      default -> fixture.disk.plant(name, Arrays.copyOf(bytes, bytes.length + 1000));
    }
  }

  private static void swap(StoreFixture fixture, String a, String b) throws IOException {
    byte[] bytes = fixture.disk.contents(a);
    fixture.disk.plant(a, fixture.disk.contents(b));
    fixture.disk.plant(b, bytes);
  }

  private static Set<BlockId> unreadable(
      StoreFixture fixture, PackChunkStore store, List<Block> blocks, String message)
      throws BlockStoreException {
    var unreadable = new HashSet<BlockId>();
    for (Block block : blocks) {
      try {
        byte[] plaintext = fixture.codec.open(block.id(), store.get(block.id()));
        assertArrayEquals(block.plaintext(), plaintext, message);
      } catch (Missing | Corrupt e) {
        unreadable.add(block.id());
      }
    }
    return unreadable;
  }

  /** Once a read has found the damage, the same block can be stored again. */
  private static void assertHeals(
      StoreFixture fixture, PackChunkStore store, List<Block> blocks, String message) {
    try {
      for (Block block : blocks) {
        StoreFixture.put(store, block);
      }
      store.sync();
      for (Block block : blocks) {
        fixture.assertPresent(store, block, message);
      }
    } catch (BlockStoreException e) {
      fail(message, e);
    }
  }
}
