package org.salvusfs.blockstore.chunker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;

class FastCdcTest {
  private final FastCdc chunker = new FastCdc(TestKeys.domain());

  @Test
  void cut_anyData_keepsTheBoundsAndCoversEverything() {
    for (int seed = 0; seed < 40; seed++) {
      byte[] data = data(new Random(seed), seed);
      int at = 0;
      List<Integer> lengths = lengths(chunker, data);
      for (int i = 0; i < lengths.size(); i++) {
        int length = lengths.get(i);
        assertTrue(length <= FastCdc.BYTES_MAX, "seed " + seed);
        assertTrue(length >= FastCdc.BYTES_MIN || i == lengths.size() - 1, "seed " + seed);
        at += length;
      }
      assertEquals(data.length, at, "seed " + seed);
    }
  }

  @Test
  void cut_piecewise_isTheSameAsAtOnce() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      byte[] data = data(random, seed);
      List<Integer> piecewise = new ArrayList<>();
      int start = 0;
      int end = 0;
      while (start < data.length) {
        end = Math.min(data.length, end + 1 + random.nextInt(300_000));
        int cut;
        while (start < end
            && (cut = chunker.cut(data, start, end - start, end == data.length)) >= 0) {
          piecewise.add(cut);
          start += cut;
        }
      }
      assertEquals(lengths(chunker, data), piecewise, "seed " + seed);
    }
  }

  @Test
  void cut_whenMoreMayCome_waitsForAFullChunk() {
    byte[] data = TestBytes.noise(new Random(1), FastCdc.BYTES_MAX);
    assertEquals(-1, chunker.cut(data, 0, FastCdc.BYTES_MAX - 1, false));
    assertEquals(-1, chunker.cut(data, 0, 0, false));
    assertTrue(chunker.cut(data, 0, FastCdc.BYTES_MAX, false) > 0);
    assertEquals(1, chunker.cut(data, 7, 1, true));
    assertThrows(IllegalArgumentException.class, () -> chunker.cut(data, 0, 0, true));
    assertThrows(IndexOutOfBoundsException.class, () -> chunker.cut(data, 1, data.length, true));
  }

  @Test
  void cut_isWhereOneByteAfterTheOtherSaysSo() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      byte[] data = data(random, seed);
      int offset = random.nextInt(1 + data.length / 2);
      int length = Math.min(data.length - offset, 1 + random.nextInt(300_000));
      if (length > 0) {
        assertEquals(
            simpleCut(data, offset, length),
            chunker.cut(data, offset, length, true),
            "seed " + seed);
      }
    }
  }

  private static int simpleCut(byte[] data, int offset, int length) {
    long[] gear = new long[256];
    ByteBuffer.wrap(TestKeys.domain().gearSeed()).asLongBuffer().get(gear);
    long hash = 0;
    for (int i = 0; i < Math.min(length, FastCdc.BYTES_MAX); i++) {
      hash = (hash << 1) + gear[data[offset + i] & 0xff];
      int zeros = i < FastCdc.BYTES_AVERAGE ? 18 : 14;
      if (i >= FastCdc.BYTES_MIN - 1 && Long.numberOfLeadingZeros(hash) >= zeros) {
        return i + 1;
      }
    }
    return Math.min(length, FastCdc.BYTES_MAX);
  }

  @Test
  void cut_constantData_givesLongestChunks() {
    assertEquals(FastCdc.BYTES_MAX, chunker.cut(new byte[1 << 20], 0, 1 << 20, true));
  }

  @Test
  void cut_afterInsertAtTheFront_findsMostChunksAgain() {
    for (int seed = 0; seed < 5; seed++) {
      byte[] data = TestBytes.text(new Random(seed), 8 << 20);
      byte[] shifted = new byte[data.length + 1];
      System.arraycopy(data, 0, shifted, 1, data.length);
      Set<ByteBuffer> before = chunks(data);
      Set<ByteBuffer> after = chunks(shifted);
      int total = after.size();
      after.removeAll(before);
      assertTrue(
          after.size() <= total / 10, "seed %d: %d of %d".formatted(seed, after.size(), total));
    }
  }

  @Test
  void cut_averageLength_isNearTheTarget() {
    for (byte[] data :
        List.of(
            TestBytes.noise(new Random(1), 16 << 20), TestBytes.text(new Random(1), 16 << 20))) {
      int average = data.length / lengths(chunker, data).size();
      assertTrue(average > 48 << 10 && average < 96 << 10, "average " + average);
    }
  }

  @Test
  void cut_underAnotherKey_isElsewhere() {
    byte[] data = TestBytes.text(new Random(1), 1 << 20);
    assertNotEquals(lengths(chunker, data), lengths(new FastCdc(TestKeys.domain(1)), data));
  }

  @Test
  void cut_isGolden() {
    assertEquals(
        List.of(66646, 74061, 72900, 47968, 74522, 32115, 31788),
        lengths(chunker, TestBytes.text(new Random(1), 400_000)));
  }

  private static byte[] data(Random random, int kind) {
    int bytes = random.nextInt(1 << 21);
    return switch (kind % 4) {
      case 0 -> TestBytes.noise(random, bytes);
      case 1 -> TestBytes.text(random, bytes);
      case 2 -> new byte[bytes];
      default -> {
        byte[] data = TestBytes.noise(random, bytes);
        Arrays.fill(data, bytes / 3, bytes / 2, (byte) 7);
        yield data;
      }
    };
  }

  private static List<Integer> lengths(FastCdc chunker, byte[] data) {
    List<Integer> lengths = new ArrayList<>();
    for (int at = 0; at < data.length; at += lengths.getLast()) {
      lengths.add(chunker.cut(data, at, data.length - at, true));
    }
    return lengths;
  }

  private Set<ByteBuffer> chunks(byte[] data) {
    Set<ByteBuffer> chunks = new HashSet<>();
    int at = 0;
    for (int length : lengths(chunker, data)) {
      chunks.add(ByteBuffer.wrap(data, at, length).slice());
      at += length;
    }
    return chunks;
  }
}
