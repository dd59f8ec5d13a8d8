package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

class CaptureCodecTest {
  /** Bytes of version 1 as they were first released: must stay readable. */
  private static final String GOLDEN =
      "01"
          + "0000000000001000"
          + "0000000000000002"
          + "0000000000000003"
          + "0000000000000064"
          + "00000003"
          + "01"
          + "0000000000000000"
          + "00000003"
          + "616263"
          + "02"
          + "0000000000000010"
          + "0000000000000020"
          + "03"
          + "0000000000000100"
          + "00000200"
          + "0000000000000001000000000000000200000000000000030000000000000004"
          + "00000007";

  private static CaptureCodec.Payload payload() {
    return new CaptureCodec.Payload(
        4096,
        2,
        3,
        100,
        List.of(
            new Piece.Memory(0, 3, new byte[] {'x', 'a', 'b', 'c', 'y'}, 1),
            new Piece.Zero(16, 32),
            new Piece.InChunk(256, 512, new BlockId(1, 2, 3, 4), 7)));
  }

  @Test
  void encode_ofEveryKind_isTheGoldenForm() {
    assertEquals(GOLDEN, HexFormat.of().formatHex(CaptureCodec.encode(payload())));
  }

  @Test
  void decode_ofGoldenForm_givesEveryField() throws MetadataException {
    var decoded = CaptureCodec.decode(HexFormat.of().parseHex(GOLDEN));
    var expected = payload();
    assertEquals(expected.sizeBytes(), decoded.sizeBytes());
    assertEquals(expected.mtimeNanos(), decoded.mtimeNanos());
    assertEquals(expected.ctimeNanos(), decoded.ctimeNanos());
    assertEquals(expected.cut(), decoded.cut());
    assertEquals(expected.pieces().subList(1, 3), decoded.pieces().subList(1, 3));
    var memory = assertInstanceOf(Piece.Memory.class, decoded.pieces().getFirst());
    assertEquals(0, memory.offset());
    assertArrayEquals(
        new byte[] {'a', 'b', 'c'},
        Arrays.copyOfRange(memory.array(), memory.start(), memory.start() + memory.length()));
  }

  @Test
  void decode_ofEveryPrefix_isCorrupt() {
    byte[] whole = CaptureCodec.encode(payload());
    for (int length = 0; length < whole.length; length++) {
      byte[] prefix = Arrays.copyOf(whole, length);
      assertThrows(MetadataException.Corrupt.class, () -> CaptureCodec.decode(prefix));
    }
    assertThrows(
        MetadataException.Corrupt.class,
        () -> CaptureCodec.decode(Arrays.copyOf(whole, whole.length + 1)));
  }

  @Test
  void decode_ofDamagedBytes_isSaneOrCorrupt() {
    for (long seed = 1; seed <= 50_000; seed++) {
      var random = new Random(seed);
      byte[] bytes = CaptureCodec.encode(payload());
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(-4, 5);
      }
      try {
        CaptureCodec.Payload decoded = CaptureCodec.decode(bytes);
        long end = 0;
        for (Piece piece : decoded.pieces()) {
          assertTrue(piece.offset() >= end && piece.lengthBytes() > 0, "seed " + seed);
          end = piece.end();
        }
        assertTrue(end <= decoded.sizeBytes(), "seed " + seed);
      } catch (MetadataException.Corrupt expected) {
        assertTrue(expected.toString().contains("capture"), "seed " + seed);
      }
    }
  }
}
