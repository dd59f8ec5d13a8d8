package org.salvusfs.metadata.garbage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;

final class IdSetTest {
  private final Random random = new Random(3);

  private BlockId next() {
    return new BlockId(random.nextLong(), random.nextLong(), 0, 0);
  }

  @Test
  void contains_isExact_howeverLargeItGrows() {
    var set = new IdSet(100_000);
    Set<BlockId> model = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      BlockId id = next();
      assertFalse(set.contains(id));
      set.add(id);
      set.add(id);
      model.add(id);
    }
    assertEquals(model.size(), set.size());
    assertTrue(model.stream().allMatch(set::contains));
    for (int i = 0; i < 50_000; i++) {
      assertFalse(set.contains(next()));
    }
  }

  @Test
  void contains_tellsIdsWithTheSameFirstWordApart() {
    var set = new IdSet(10);
    set.add(new BlockId(7, 1, 0, 0));
    assertTrue(set.contains(new BlockId(7, 1, 0, 0)));
    assertFalse(set.contains(new BlockId(7, 2, 0, 0)));
  }

  @Test
  void add_toAFullSet_isRefused_andForgetsNothing() {
    var set = new IdSet(10);
    Set<BlockId> first = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      BlockId id = next();
      set.add(id);
      first.add(id);
    }
    BlockId late = next();
    set.add(late);
    assertFalse(set.contains(late));
    assertTrue(first.stream().allMatch(set::contains));
  }
}
