package org.salvusfs.metadata.garbage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ProjectId;

/** What is counted, compared with sets of all chunks. */
class SpaceCountTest {
  private static final int LEAF_CHUNKS = 20;
  private static final int PROJECTS = 4;

  /** Projects that share chunks, and leaves with all that is in them. */
  private static final class World {
    private final Random random;
    private final List<BlockId> chunks = new ArrayList<>();
    private final Map<BlockId, Long> lengths = new HashMap<>();
    private final Map<BlockId, List<BlockId>> leaves = new HashMap<>();
    private final List<Set<BlockId>> live = new ArrayList<>();
    private final List<Set<BlockId>> all = new ArrayList<>();
    private final SpaceCount count;
    private final Set<BlockId> met = new HashSet<>();

    World(long seed, int chunkCount, int entriesMax) {
      random = new Random(seed);
      count = new SpaceCount(entriesMax);
      for (int i = 0; i < chunkCount; i++) {
        BlockId chunk = id();
        chunks.add(chunk);
        lengths.put(chunk, 1000L + random.nextInt(250_000));
      }
      var leafIds = new ArrayList<BlockId>();
      for (int i = 0; i < chunkCount / LEAF_CHUNKS * 2; i++) {
        BlockId leaf = id();
        leafIds.add(leaf);
        leaves.put(leaf, random.ints(LEAF_CHUNKS, 0, chunkCount).mapToObj(chunks::get).toList());
      }
      for (int i = 0; i < PROJECTS; i++) {
        count.begin(project(i));
        live.add(walk(leafIds, true));
        all.add(new HashSet<>(live.get(i)));
        all.get(i).addAll(walk(leafIds, false));
      }
    }

    private BlockId id() {
      return new BlockId(
          random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    static ProjectId project(int number) {
      return new ProjectId(new UUID(0, number));
    }

    /** Meets a third of all leaves, some of which were met before; returns what is in them. */
    private Set<BlockId> walk(List<BlockId> leafIds, boolean isLive) {
      count.live(isLive);
      var referred = new HashSet<BlockId>();
      for (BlockId leaf : leafIds) {
        if (random.nextInt(3) == 0) {
          List<BlockId> within = leaves.getOrDefault(leaf, List.of());
          referred.addAll(within);
          if (met.add(leaf)) {
            count.leaf(leaf, within);
          } else {
            assertFalse(count.wants(leaf, 0), "a leaf is to be read again");
          }
        }
      }
      return referred;
    }

    private long length(BlockId chunk) {
      return lengths.getOrDefault(chunk, 0L);
    }

    private long bytes(Set<BlockId> of) {
      return of.stream().mapToLong(this::length).sum();
    }

    /** As sets say. */
    StoredSpace expected(int project) {
      var others = new HashSet<BlockId>();
      for (int i = 0; i < PROJECTS; i++) {
        if (i != project) {
          others.addAll(all.get(i));
        }
      }
      others.retainAll(all.get(project));
      return new StoredSpace(bytes(live.get(project)), bytes(all.get(project)), bytes(others), 0);
    }

    Map<ProjectId, StoredSpace> result() throws IOException {
      return count.result(this::length);
    }
  }

  @Test
  void result_ofNotTooManyChunks_isExact() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      var world = new World(seed, 500, 100_000);
      var result = world.result();
      for (int i = 0; i < PROJECTS; i++) {
        assertEquals(world.expected(i), result.get(World.project(i)), "seed " + seed);
      }
    }
  }

  @Test
  void result_ofTooManyChunks_isWithinItsError() throws IOException {
    int within = 0;
    int figures = 0;
    for (long seed = 0; seed < 40; seed++) {
      var world = new World(seed, 6000, 2000);
      var result = world.result();
      for (int i = 0; i < PROJECTS; i++) {
        StoredSpace right = world.expected(i);
        StoredSpace counted = Objects.requireNonNull(result.get(World.project(i)));
        assertTrue(counted.errorBytes() > 0);
        assertTrue(counted.errorBytes() < right.bytes() / 4, counted + " for " + right);
        figures += 3;
        within += isWithin(counted.liveBytes(), right.liveBytes(), counted.errorBytes());
        within += isWithin(counted.bytes(), right.bytes(), counted.errorBytes());
        within += isWithin(counted.sharedBytes(), right.sharedBytes(), counted.errorBytes());
      }
    }
    assertTrue(within >= figures * 19 / 20, within + " of " + figures + " are within their error");
  }

  private static int isWithin(long counted, long right, long error) {
    return Math.abs(counted - right) <= error ? 1 : 0;
  }

  @Test
  void projectThatHasNothingOfTheSample_isNotSaidToTakeNothingForSure() throws IOException {
    var world = new World(1, 6000, 500);
    world.count.begin(new ProjectId(new UUID(1, 1)));
    StoredSpace empty = Objects.requireNonNull(world.result().get(new ProjectId(new UUID(1, 1))));
    assertEquals(0, empty.bytes());
    assertTrue(empty.errorBytes() > 64 << 10, empty.toString());
  }
}
