package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LookupCountsTest {
  @Test
  void randomChanges_agreeWithAMap() {
    long seed = 7;
    var random = new Random(seed);
    var counts = new LookupCounts();
    Map<Long, Long> model = new HashMap<>();
    for (int i = 0; i < 300_000; i++) {
      // Grows for a while, then shrinks, so that tables do both.
      boolean growing = i / 50_000 % 2 == 0;
      long inode = 1L + random.nextInt(20_000);
      if (random.nextInt(10) < (growing ? 7 : 2)) {
        counts.add(inode, 1 + inode % 3);
        model.merge(inode, 1 + inode % 3, Long::sum);
      } else {
        long left = model.getOrDefault(inode, 0L) - 2;
        assertEquals(left <= 0, counts.subtract(inode, 2), "seed " + seed + ", step " + i);
        if (left > 0) {
          model.put(inode, left);
        } else {
          model.remove(inode);
        }
      }
      assertEquals(model.containsKey(inode), counts.isInUse(inode), "seed " + seed);
    }
    assertEquals(model.size(), counts.size());
    for (long inode = 1; inode <= 20_000; inode++) {
      assertEquals(model.containsKey(inode), counts.isInUse(inode), "inode " + inode);
    }
  }

  @Test
  void millionInodes_areCountedAndForgotten() {
    var counts = new LookupCounts();
    for (long inode = 2; inode < 1_000_002; inode++) {
      counts.add(inode, 1);
    }
    assertEquals(1_000_000, counts.size());
    for (long inode = 2; inode < 1_000_002; inode++) {
      assertTrue(counts.subtract(inode, 1));
    }
    assertEquals(0, counts.size());
    assertFalse(counts.isInUse(2));
  }
}
