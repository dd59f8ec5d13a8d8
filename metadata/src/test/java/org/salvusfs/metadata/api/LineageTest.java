package org.salvusfs.metadata.api;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.Lineage.Fork;

class LineageTest {
  @Test
  void straight_descendsFromAllUpToItself() {
    assertTrue(Lineage.STRAIGHT.descendsFrom(0, 9));
    assertTrue(Lineage.STRAIGHT.descendsFrom(9, 9));
    assertFalse(Lineage.STRAIGHT.descendsFrom(10, 9));
  }

  @Test
  void forksThatDoNotAscend_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Lineage(List.of(new Fork(5, 5))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Lineage(List.of(new Fork(2, 9), new Fork(8, 12))));
  }

  /** Commits, snapshots, deletions and rollbacks, beside sets of ancestors. */
  @Test
  void randomHistories_sayOfEachSnapshotWhetherItIsAnAncestor() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      Set<Long> ancestors = new TreeSet<>(Set.of(0L));
      var lineage = Lineage.STRAIGHT;
      var snapshots = new TreeMap<Long, Set<Long>>();
      Map<Long, Lineage> lineages = new HashMap<>();
      long txg = 0;
      long own = 0;
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> {
            own = ++txg;
            ancestors.add(own);
          }
          case 2 -> {
            snapshots.put(own, new TreeSet<>(ancestors));
            lineages.put(own, lineage);
          }
          case 3 -> {
            if (snapshots.size() > 1) {
              snapshots.remove(some(snapshots, random));
            }
          }
          default -> {
            if (!snapshots.isEmpty()) {
              long to = some(snapshots, random);
              own = ++txg;
              lineage =
                  requireNonNull(lineages.get(to))
                      .rolledBack(
                          to,
                          own,
                          range ->
                              !snapshots.subMap(range.from(), true, range.to(), true).isEmpty());
              ancestors = new TreeSet<>(requireNonNull(snapshots.get(to)));
              ancestors.add(own);
              assertTrue(lineage.forks().size() <= snapshots.size() + 1, "seed " + seed);
            }
          }
        }
        for (long each : snapshots.keySet()) {
          assertEquals(ancestors.contains(each), lineage.descendsFrom(each, own), "seed " + seed);
        }
      }
    }
  }

  private static long some(Map<Long, Set<Long>> snapshots, Random random) {
    var all = new ArrayList<>(snapshots.keySet());
    return all.get(random.nextInt(all.size()));
  }
}
