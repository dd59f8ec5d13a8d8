package org.salvusfs.blockstore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MarksTest {
  private static final int CHUNKS = 100_000;

  @Test
  void mayContain_neverForgets_andIsSeldomWrong() {
    var marks = new Marks(CHUNKS, 7);
    List<BlockId> added = ids(1);
    added.forEach(marks::add);
    assertTrue(added.stream().allMatch(marks::mayContain));
    long wrong = ids(2).stream().filter(marks::mayContain).count();
    assertTrue(wrong < CHUNKS / 100, wrong + " of " + CHUNKS);
    assertEquals(CHUNKS * 12L / 64 * 8, marks.heapBytes());
  }

  @Test
  void mayContain_withAnotherSalt_isWrongAboutOthers() {
    List<BlockId> others = ids(2);
    var first = new Marks(CHUNKS, 7);
    var second = new Marks(CHUNKS, 8);
    ids(1).forEach(first::add);
    ids(1).forEach(second::add);
    List<BlockId> wrong = others.stream().filter(first::mayContain).toList();
    long again = wrong.stream().filter(second::mayContain).count();
    assertFalse(wrong.isEmpty());
    assertTrue(again * 10 < wrong.size(), again + " of " + wrong.size());
  }

  @Test
  void mayContain_ofAnEmptySet_isFalse() {
    var marks = new Marks(0, 1);
    assertTrue(ids(1).stream().noneMatch(marks::mayContain));
  }

  private static List<BlockId> ids(long seed) {
    var random = new Random(seed);
    var ids = new ArrayList<BlockId>();
    for (int i = 0; i < CHUNKS; i++) {
      ids.add(
          new BlockId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
    }
    return ids;
  }
}
