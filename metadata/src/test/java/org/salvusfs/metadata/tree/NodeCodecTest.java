package org.salvusfs.metadata.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

final class NodeCodecTest {
  private static final BlockId ID = new BlockId(0xAB, 2, 3, 4);

  private static Node node(int level, Consumer<Items> fill) {
    var items = new Items(level);
    fill.accept(items);
    return items.toNode(TestTree.PROJECT, 42, 0, items.count());
  }

  private static void add(Items items, Key key, byte[] value) {
    items.add(key.bytes(), 0, key.bytes().length, value, 0, value.length, false);
  }

  private static Node leaf() {
    return node(
        0,
        items -> {
          add(
              items,
              Keys.inode(1),
              new InodeItem(040755, 1000, 1000, 2, 0, 0, 1, 2, 3, 4, 0, 1).encode());
          add(items, Keys.dirent(1, "a.txt".getBytes(UTF_8)), new DirentItem(2, 8).encode());
          add(items, Keys.dirent(1, "a.txt.bak".getBytes(UTF_8)), new DirentItem(3, 8).encode());
          add(
              items,
              Keys.inode(2),
              new InodeItem(0100644, 1000, 1000, 1, 200, 200, 1, 2, 3, 4, 0, 0).encode());
          byte[] contents = new byte[200];
          Arrays.fill(contents, (byte) 'x');
          add(items, Keys.inline(2), contents);
        });
  }

  private static Node inner() {
    return node(
        3,
        items -> {
          add(items, Keys.inode(1), new BlockId(1, 2, 3, 4).toBytes());
          add(items, Keys.extent(7, 1L << 32), new BlockId(-1, -2, -3, -4).toBytes());
        });
  }

  private static byte[] golden(String name) throws IOException {
    try (var in = NodeCodecTest.class.getResourceAsStream("/golden/" + name)) {
      if (in == null) {
        throw new IOException("no golden file " + name);
      }
      return HexFormat.of().parseHex(new String(in.readAllBytes(), UTF_8).replaceAll("\\s+", ""));
    }
  }

  private static void assertSame(Node expected, Node actual) {
    assertEquals(expected.project(), actual.project());
    assertEquals(expected.birthTxg(), actual.birthTxg());
    assertEquals(expected.level(), actual.level());
    assertEquals(expected.count(), actual.count());
    for (int i = 0; i < expected.count(); i++) {
      assertEquals(expected.key(i), actual.key(i));
      assertArrayEquals(expected.value(i), actual.value(i));
    }
  }

  @Test
  void decode_goldenFiles_giveTheNodesTheyWereMadeFrom() throws IOException {
    assertSame(leaf(), NodeCodec.decode(ID, golden("node-v1-leaf.hex")));
    assertSame(inner(), NodeCodec.decode(ID, golden("node-v1-inner.hex")));
  }

  @Test
  void encode_sameNodes_givesTheGoldenFiles() throws IOException {
    assertArrayEquals(golden("node-v1-leaf.hex"), NodeCodec.encode(leaf()));
    assertArrayEquals(golden("node-v1-inner.hex"), NodeCodec.encode(inner()));
  }

  @Test
  void decode_randomItems_givesThemBack() throws MetadataException {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var source = new RandomItems(random, 50);
      var model = new TreeMap<Key, byte[]>();
      source
          .batch(model, 100)
          .forEach(
              change -> {
                byte[] value = change.value();
                model.put(change.key(), value == null ? new byte[0] : value);
              });
      Node node = node(0, items -> model.forEach((key, value) -> add(items, key, value)));
      byte[] encoded = NodeCodec.encode(node);
      assertEquals(encoded.length, node.encodedBytes());
      Node decoded = NodeCodec.decode(ID, encoded);
      assertSame(node, decoded);
      assertEquals(encoded.length, decoded.encodedBytes());
      int index = 0;
      for (Key key : model.keySet()) {
        assertEquals(index++, decoded.find(key.bytes()), "seed " + seed);
      }
    }
  }

  @Test
  void decode_damagedBytes_isCorruptOrANode() {
    byte[][] sound = {NodeCodec.encode(leaf()), NodeCodec.encode(inner())};
    int corrupt = 0;
    int rounds = 200_000;
    for (int seed = 0; seed < rounds; seed++) {
      var random = new Random(seed);
      byte[] damaged = damage(sound[random.nextInt(2)], random);
      try {
        Node node = NodeCodec.decode(ID, damaged);
        for (int i = 1; i < node.count(); i++) {
          assertTrue(node.key(i - 1).compareTo(node.key(i)) < 0, "seed " + seed);
        }
      } catch (MetadataException.Corrupt e) {
        assertTrue(e.toString().contains(ID.toString()));
        corrupt++;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertTrue(corrupt > rounds / 4, corrupt + " found corrupt");
  }

  private static byte[] damage(byte[] sound, Random random) {
    byte[] damaged =
        Arrays.copyOf(
            sound, random.nextInt(3) == 0 ? random.nextInt(sound.length * 2) : sound.length);
    switch (random.nextInt(3)) {
      case 0 -> {
        for (int flips = random.nextInt(4); flips >= 0 && damaged.length > 0; flips--) {
          damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      case 1 -> {
        int from = Math.min(30, damaged.length);
        for (int i = from; i < damaged.length; i++) {
          damaged[i] = (byte) random.nextInt(random.nextBoolean() ? 8 : 256);
        }
      }
      default -> {
        byte[] noise = new byte[damaged.length];
        random.nextBytes(noise);
        damaged = noise;
      }
    }
    return damaged;
  }

  @Test
  void decode_newerVersion_saysSo() {
    byte[] encoded = NodeCodec.encode(leaf());
    encoded[4] = 9;
    var e = assertThrows(MetadataException.Corrupt.class, () -> NodeCodec.decode(ID, encoded));
    assertTrue(e.toString().contains("version is 9"), e.getMessage());
  }
}
