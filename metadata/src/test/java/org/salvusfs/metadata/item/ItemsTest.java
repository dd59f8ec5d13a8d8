package org.salvusfs.metadata.item;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/** The layouts of docs/formats/items-v1.md. */
final class ItemsTest {
  private static void assertHex(String expected, byte[] actual) {
    assertEquals(expected.replace(" ", ""), HexFormat.of().formatHex(actual));
  }

  @Test
  void keys_everyKind_haveTheDocumentedBytes() {
    byte[] name = "né".getBytes(UTF_8);
    assertHex("0000000000000102 01", Keys.inode(0x102).bytes());
    assertHex("0000000000000102 02", Keys.inline(0x102).bytes());
    assertHex("0000000000000102 03 6ec3a9", Keys.xattr(0x102, name).bytes());
    assertHex("0000000000000102 04 6ec3a9", Keys.dirent(0x102, name).bytes());
    assertHex("0000000000000102 05 0000000100000000", Keys.extent(0x102, 1L << 32).bytes());
    assertHex("0000000000000000 10", Keys.counters().bytes());
    assertHex("0000000000000000 11 0000000000000102", Keys.orphan(0x102).bytes());
  }

  @Test
  void keys_parts_readBack() {
    Key key = Keys.dirent(77, "name".getBytes(UTF_8));
    assertEquals(77, key.inode());
    assertEquals(Keys.DIRENT, key.kind());
    assertArrayEquals("name".getBytes(UTF_8), Keys.suffix(key));
    assertEquals(1L << 40, Keys.suffixLong(Keys.extent(77, 1L << 40)));
    assertEquals(9, Keys.suffixLong(Keys.orphan(9)));
  }

  @Test
  void keys_order_isByInodeKindAndSuffixUnsigned() {
    List<Key> ascending =
        List.of(
            Keys.counters(),
            Keys.orphan(5),
            Keys.orphan(1L << 40),
            Keys.inode(1),
            Keys.inline(1),
            Keys.xattr(1, new byte[] {'a'}),
            Keys.first(1, Keys.DIRENT),
            Keys.dirent(1, new byte[] {'a'}),
            Keys.after(Keys.dirent(1, new byte[] {'a'})),
            Keys.dirent(1, new byte[] {'a', 'a'}),
            Keys.dirent(1, new byte[] {'b'}),
            Keys.dirent(1, new byte[] {(byte) 0xC3}),
            Keys.end(1, Keys.DIRENT),
            Keys.extent(1, 0),
            Keys.extent(1, 1L << 33),
            Keys.end(1),
            Keys.inode(2),
            Keys.inode(200),
            Keys.inode(1L << 39));
    for (int i = 1; i < ascending.size(); i++) {
      Key before = ascending.get(i - 1);
      Key after = ascending.get(i);
      assertTrue(before.compareTo(after) < 0, before + " < " + after);
    }
  }

  @Test
  void inode_layout_isAsDocumented() throws MetadataException {
    var inode = new InodeItem(0100644, 2, 3, 4, 6, 7, 8, 9, 10, 11, 5, 12);
    assertHex(
        "000081a4 00000002 00000003 00000004 00000005"
            + "0000000000000006 0000000000000007 0000000000000008 0000000000000009"
            + "000000000000000a 000000000000000b 000000000000000c",
        inode.encode());
    assertEquals(inode, InodeItem.decode(inode.encode()));
  }

  @Test
  void inode_withers_changeWhatTheyName() {
    var inode = new InodeItem(0100644, 2, 3, 4, 6, 7, 8, 9, 10, 11, 5, 12);
    assertEquals(
        new InodeItem(0100600, 21, 31, 41, 61, 71, 81, 91, 101, 11, 5, 121),
        inode
            .withMode(0100600)
            .withOwner(21, 31)
            .withNlink(41)
            .withSize(61, 71)
            .withTimes(81, 91, 101)
            .withParent(121));
  }

  @Test
  void dirent_layout_isAsDocumented() throws MetadataException {
    var dirent = new DirentItem(0x102, 8);
    assertHex("0000000000000102 08", dirent.encode());
    assertEquals(dirent, DirentItem.decode(dirent.encode()));
  }

  @Test
  void extent_layout_isAsDocumented() throws MetadataException {
    var extent = new ExtentItem(1, new BlockId(2, 3, 4, 5), 6, 7);
    assertHex(
        "00000001 0000000000000002 0000000000000003 0000000000000004 0000000000000005"
            + "00000006 0000000000000007",
        extent.encode());
    assertEquals(extent, ExtentItem.decode(extent.encode()));
  }

  @Test
  void counters_layout_isAsDocumented() throws MetadataException {
    var counters = new CountersItem(1, 2, 3);
    assertHex("0000000000000001 0000000000000002 0000000000000003", counters.encode());
    assertEquals(counters, CountersItem.decode(counters.encode()));
  }

  @Test
  void lineage_layout_isAsDocumented() throws MetadataException {
    var lineage =
        new LineageItem(
            new ProjectId(new UUID(1, 2)),
            new Lineage(List.of(new Lineage.Fork(-1, 3), new Lineage.Fork(4, 5))));
    assertHex(
        "0000000000000001 0000000000000002 ffffffffffffffff 0000000000000003"
            + "0000000000000004 0000000000000005",
        lineage.encode());
    assertEquals(lineage, LineageItem.decode(lineage.encode()));
  }

  @Test
  void lineage_thatDoesNotAscend_isCorrupt() {
    byte[] value = new byte[32];
    value[23] = 9;
    value[31] = 9;
    assertThrows(MetadataException.Corrupt.class, () -> LineageItem.decode(value));
  }

  @Test
  void origin_layout_isAsDocumented() throws MetadataException {
    var origin =
        new OriginItem(
            new ProjectId(new UUID(1, 2)), Instant.ofEpochMilli(3), new BlockId(4, 5, 6, 7));
    assertHex(
        "0000000000000001 0000000000000002 0000000000000003 0000000000000004"
            + "0000000000000005 0000000000000006 0000000000000007",
        origin.encode());
    assertEquals(origin, OriginItem.decode(origin.encode()));
  }

  @Test
  void decode_anyBytes_givesAnItemOrCorrupt() throws MetadataException {
    for (int seed = 0; seed < 20_000; seed++) {
      var random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(100)];
      random.nextBytes(bytes);
      check(bytes.length == InodeItem.BYTES, () -> InodeItem.decode(bytes).encode(), bytes);
      check(bytes.length == DirentItem.BYTES, () -> DirentItem.decode(bytes).encode(), bytes);
      check(bytes.length == ExtentItem.BYTES, () -> ExtentItem.decode(bytes).encode(), bytes);
      check(bytes.length == OriginItem.BYTES, () -> OriginItem.decode(bytes).encode(), bytes);
      check(bytes.length == CountersItem.BYTES, () -> CountersItem.decode(bytes).encode(), bytes);
    }
  }

  private interface Decoding {
    byte[] run() throws MetadataException;
  }

  private static void check(boolean readable, Decoding decoding, byte[] bytes)
      throws MetadataException {
    if (readable) {
      assertArrayEquals(bytes, decoding.run());
    } else {
      assertThrows(MetadataException.Corrupt.class, decoding::run);
    }
  }
}
