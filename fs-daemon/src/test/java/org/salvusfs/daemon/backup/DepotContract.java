package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.ChunkStore;

/** What every place for backups does. */
abstract class DepotContract {
  private final BlockCodec codec = BlockCodec.of(TestKeys.domain());
  private final Random random = new Random(11);

  /** The same empty place in each test, as another installation of that name sees it. */
  abstract Depot open(String installation) throws IOException;

  @Test
  void objects_areReadAsTheyWerePut_replaced_andDeleted() throws IOException {
    try (Depot depot = open("here")) {
      assertEquals(List.of(), depot.list());
      try (Depot.Claim claim = depot.claim()) {
        depot.put("b", "one".getBytes(UTF_8));
        depot.put("a", new byte[0]);
        depot.putSecret("c", "secret");
        depot.put("b", "two".getBytes(UTF_8));
        depot.delete("a");
        depot.delete("never");
      }
      assertEquals(List.of("b", "c"), depot.list());
      assertEquals("two", new String(depot.get("b"), UTF_8));
      assertEquals("secret", new String(depot.get("c"), UTF_8));
      var gone = assertThrows(NoSuchFileException.class, () -> depot.get("a"));
      assertEquals(depot.where("a"), gone.getFile());
    }
  }

  @Test
  void blocks_areThereForEveryInstallation_whenTheStoreIsClosed() throws IOException {
    Map<BlockId, byte[]> first = blocks(50);
    assertEquals(Map.of(), put("here", first));
    Map<BlockId, byte[]> second = blocks(50);
    Map<String, Long> before = put("here", second);
    assertFalse(before.isEmpty());
    Map<BlockId, byte[]> third = blocks(5);
    put("there", third);
    try (Depot depot = open("here")) {
      before.forEach((name, bytes) -> assertEquals(bytes, packs(depot).get(name), name));
      assertTrue(depot.list().contains(Target.PACKS), depot.list().toString());
    }
    for (String installation : List.of("here", "there", "elsewhere")) {
      assertHolds(installation, first);
      assertHolds(installation, second);
      assertHolds(installation, third);
    }
  }

  @Test
  void blocksThatAreThere_areNotPutAgain() throws IOException {
    Map<BlockId, byte[]> blocks = blocks(20);
    put("here", blocks);
    put("there", blocks);
    try (Depot depot = open("here")) {
      Map<String, Long> before = packs(depot);
      put("here", blocks);
      assertEquals(before, packs(depot));
    }
  }

  @Test
  void secondWriter_isRefused_untilTheFirstIsDone() throws IOException {
    try (Depot first = open("here");
        Depot second = open("there")) {
      try (Depot.Claim claim = first.claim();
          ChunkStore packs = first.openPacks()) {
        assertThrows(IOException.class, () -> claimAndOpen(second));
        blocks(1).forEach((id, block) -> put(packs, id, block));
      }
      claimAndOpen(second);
    }
  }

  private static void claimAndOpen(Depot depot) throws IOException {
    try (Depot.Claim claim = depot.claim();
        ChunkStore packs = depot.openPacks()) {
      packs.sync();
    }
  }

  final Map<BlockId, byte[]> blocks(int count) {
    Map<BlockId, byte[]> blocks = new LinkedHashMap<>();
    while (blocks.size() < count) {
      byte[] plaintext = new byte[1 + random.nextInt(9000)];
      random.nextBytes(plaintext);
      BlockId id = codec.id(ByteBuffer.wrap(plaintext));
      blocks.put(id, codec.seal(id, plaintext, 0, plaintext.length));
    }
    return blocks;
  }

  /** Puts blocks; which packs were there before. */
  final Map<String, Long> put(String installation, Map<BlockId, byte[]> blocks) throws IOException {
    try (Depot depot = open(installation);
        Depot.Claim claim = depot.claim()) {
      Map<String, Long> before = packs(depot);
      try (ChunkStore packs = depot.openPacks()) {
        blocks.forEach((id, block) -> put(packs, id, block));
        packs.sync();
      }
      return before;
    }
  }

  private static void put(ChunkStore packs, BlockId id, byte[] sealed) {
    try {
      packs.put(id, sealed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Long> packs(Depot depot) {
    try {
      return depot.packs();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  final void assertHolds(String installation, Map<BlockId, byte[]> blocks) throws IOException {
    try (Depot depot = open(installation);
        ChunkStore packs = depot.openPacks()) {
      for (var block : blocks.entrySet()) {
        assertTrue(packs.contains(block.getKey()), "in " + installation);
        assertArrayEquals(block.getValue(), packs.get(block.getKey()));
      }
    }
  }
}
