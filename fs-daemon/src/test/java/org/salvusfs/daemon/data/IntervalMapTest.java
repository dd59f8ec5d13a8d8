package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;

class IntervalMapTest {
  private static final int SIZE = 400;
  private static final BlockId CHUNK = new BlockId(1, 2, 3, 4);

  @Test
  void randomChanges_equalArrays() {
    for (long seed = 1; seed <= 200; seed++) {
      run(new Random(seed), "seed " + seed);
    }
  }

  /**
   * The model: one cell a byte; 0 nothing, 1–255 bytes, 1000 a hole, from 2000 on chunk offsets.
   */
  private static void run(Random random, String seed) {
    var map = new IntervalMap();
    int[] model = new int[SIZE];
    for (int i = 0; i < 300; i++) {
      int from = random.nextInt(SIZE);
      int to = from + 1 + random.nextInt(Math.min(60, SIZE - from));
      switch (random.nextInt(6)) {
        case 0 -> {
          map.clear(from, to);
          Arrays.fill(model, from, to, 0);
        }
        case 1 -> {
          map.set(from, new Interval.Hole(to - from));
          Arrays.fill(model, from, to, 1000);
        }
        case 2 -> {
          map.set(from, new Interval.Stored(to - from, CHUNK, 100));
          for (int at = from; at < to; at++) {
            model[at] = 2100 + at - from;
          }
        }
        default -> {
          byte[] data = new byte[to - from];
          for (int at = from; at < to; at++) {
            model[at] = 1 + random.nextInt(255);
            data[at - from] = (byte) model[at];
          }
          map.write(from, ByteBuffer.wrap(data));
        }
      }
      if (random.nextInt(10) == 0) {
        pinAndOverwrite(map, model, random, seed);
      }
      check(map, model, seed + " step " + i);
    }
  }

  /** What is pinned must not change while the map does. */
  private static void pinAndOverwrite(IntervalMap map, int[] model, Random random, String seed) {
    for (var entry : map.all().entrySet()) {
      if (entry.getValue() instanceof Interval.Bytes bytes && random.nextBoolean()) {
        bytes.pin();
        var piece = (Piece.Memory) bytes.at(entry.getKey());
        byte[] before =
            Arrays.copyOfRange(piece.array(), piece.start(), piece.start() + piece.length());
        int at = (int) piece.offset();
        byte[] data = new byte[Math.min(piece.length() + 5, SIZE - at)];
        Arrays.fill(data, (byte) 9);
        map.write(at, ByteBuffer.wrap(data));
        Arrays.fill(model, at, at + data.length, 9);
        byte[] after =
            Arrays.copyOfRange(piece.array(), piece.start(), piece.start() + piece.length());
        assertEquals(-1, Arrays.mismatch(before, after), seed);
        bytes.unpin();
        return;
      }
    }
  }

  private static void check(IntervalMap map, int[] model, String when) {
    int[] actual = new int[SIZE];
    map.forEach(
        0,
        SIZE,
        piece -> {
          for (int i = 0; i < piece.lengthBytes(); i++) {
            int at = (int) piece.offset() + i;
            assertEquals(0, actual[at], when);
            actual[at] =
                switch (piece) {
                  case Piece.Memory memory -> memory.array()[memory.start() + i] & 0xff;
                  case Piece.InChunk stored -> 2000 + stored.chunkOffset() + i;
                  case Piece.Zero hole -> 1000;
                };
          }
        });
    assertEquals(-1, Arrays.mismatch(model, actual), when);
    long held = 0;
    long used = 0;
    for (Interval interval : map.all().values()) {
      held += interval.heldBytes();
      if (interval instanceof Interval.Bytes bytes) {
        used += bytes.lengthBytes();
      }
    }
    assertEquals(held, map.heldBytes(), when);
    long arrays = held - (long) Interval.OVERHEAD_BYTES * map.all().size();
    assertTrue(arrays <= 2 * used, when + ": " + arrays + " held for " + used);
  }
}
