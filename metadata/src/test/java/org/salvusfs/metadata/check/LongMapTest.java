package org.salvusfs.metadata.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LongMapTest {
  @Test
  void randomPuts_againstHashMap_agree() {
    for (long seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var map = new LongMap();
      var model = new HashMap<Long, Long>();
      for (int i = 0; i < 20_000; i++) {
        long key = random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(5000);
        long value = 1L + random.nextInt(9);
        map.put(key, value);
        model.put(key, value);
        long other = random.nextInt(6000);
        assertEquals(model.getOrDefault(other, 0L), map.get(other), "seed " + seed);
      }
      var seen = new HashMap<Long, Long>();
      map.forEach((key, value) -> seen.put(key, value));
      assertEquals(model, seen, "seed " + seed);
      map.clear();
      assertEquals(0, map.get(7));
      assertEquals(0, map.size());
    }
  }
}
