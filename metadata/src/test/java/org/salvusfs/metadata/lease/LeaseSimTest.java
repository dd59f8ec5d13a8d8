package org.salvusfs.metadata.lease;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.MetadataException;

class LeaseSimTest {
  @Test
  void cluster_withPausesCrashesAndPartitions_hasOneServingHolder() {
    sweep(0, 150);
  }

  @Test
  @Tag("long")
  void cluster_forManySeeds_hasOneServingHolder() {
    sweep(150, 10_000);
  }

  private static void sweep(long from, long to) {
    long takeovers = 0;
    long acknowledged = 0;
    for (long seed = from; seed < to; seed++) {
      try {
        var sim = new ClusterSim(seed, 2 + (int) (seed % 4));
        sim.run(400);
        sim.heal();
        sim.run(60);
        long before = sim.acknowledged;
        sim.run(60);
        assertTrue(sim.acknowledged > before, "nobody works after all is well");
        takeovers += sim.takeovers;
        acknowledged += sim.acknowledged;
      } catch (MetadataException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    long seeds = to - from;
    assertTrue(takeovers > 2 * seeds, "too few take-overs: " + takeovers);
    assertTrue(acknowledged > 20 * seeds, "too few commits: " + acknowledged);
  }
}
