package org.salvusfs.blockstore.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;

/**
 * A pack of version 1, made byte by byte from docs/formats/pack-v1.md by a Python script. It must
 * be readable for ever, and what we write must be the same.
 */
class PackGoldenTest {
  private static final String NAME = "pack-00000007.spk";
  private static final long DATA_END = 336;

  private final StoreFixture fixture = new StoreFixture(new Random(1));

  @Test
  void golden_sealed_isReadable() throws IOException {
    fixture.disk.plant(NAME, golden(NAME));
    assertReadable();
    assertArrayEquals(golden(NAME), fixture.disk.contents(NAME));
  }

  @Test
  void golden_unsealed_isSealedToTheSameBytes() throws IOException {
    fixture.disk.plant(NAME, Arrays.copyOf(golden(NAME), (int) DATA_END));
    assertReadable();
    assertArrayEquals(golden(NAME), fixture.disk.contents(NAME));
  }

  private void assertReadable() throws IOException {
    var blocks = new Properties();
    blocks.load(new ByteArrayInputStream(golden("block-v1.properties")));
    HexFormat hex = HexFormat.of();
    try (PackChunkStore store = fixture.open()) {
      for (String name : List.of("empty", "raw", "lz4")) {
        BlockId id = BlockId.parse(blocks.getProperty(name + ".id"));
        assertArrayEquals(hex.parseHex(blocks.getProperty(name + ".sealed")), store.get(id));
        assertArrayEquals(
            hex.parseHex(blocks.getProperty(name + ".plaintext")),
            fixture.codec.open(id, store.get(id)));
      }
      assertEquals(List.of(), fixture.verify(store).damage());
      assertEquals(3, fixture.verify(store).intact().size());
      assertEquals(DATA_END, fixture.index.covered(7));
    }
  }

  private byte[] golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/golden/" + name))) {
      return in.readAllBytes();
    }
  }
}
