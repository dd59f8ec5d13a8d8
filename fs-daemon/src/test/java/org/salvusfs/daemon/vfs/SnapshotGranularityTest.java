package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a snapshot holds is counted by extents, and a write replaces those that it touches. So it is
 * never less than what was overwritten, and at most two chunks more before each range and one
 * behind.
 */
class SnapshotGranularityTest {
  private static final int FILE_BYTES = 300_000;

  /** As the rig has it. */
  private static final int CHUNK_BYTES_MAX = 4096;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void overwrittenRanges_countWithAtMostThreeChunksMore(long seed) throws Exception {
    var random = new Random(seed);
    try (var rig = new ProjectRig()) {
      var fs = rig.posix();
      int file = fs.open("file", Posix.O_CREAT | Posix.O_RDWR | Posix.O_TRUNC, 0644);
      fs.write(file, 0, bytes(random, FILE_BYTES));
      rig.snapshot("before");
      assertEquals(0, rig.transactions().snapshots().use().heldBytes());
      var overwritten = new BitSet(FILE_BYTES);
      int ranges = 0;
      for (int commit = 0; commit < 4; commit++) {
        for (int i = random.nextInt(4); i >= 0; i--) {
          int length = 1 + random.nextInt(random.nextBoolean() ? 10 : 20_000);
          int from = random.nextInt(FILE_BYTES - length);
          fs.write(file, from, bytes(random, length));
          overwritten.set(from, from + length);
          ranges++;
        }
        rig.transactions().commit();
        long held = rig.transactions().snapshots().use().heldBytes();
        int least = overwritten.cardinality();
        long most = Math.min(FILE_BYTES, least + 3L * CHUNK_BYTES_MAX * ranges);
        assertTrue(held >= least && held <= most, held + " is not in " + least + ".." + most);
      }
      fs.close(file);
      fs.unlink("file");
      rig.transactions().commit();
      assertEquals(FILE_BYTES, rig.transactions().snapshots().use().heldBytes(), "all of it");
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
