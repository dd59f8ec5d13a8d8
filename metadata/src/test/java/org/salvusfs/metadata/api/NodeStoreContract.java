package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException.Missing;

/** What a {@link NodeStore} must do. */
public abstract class NodeStoreContract {
  private final Random random = new Random(17);

  protected abstract NodeStore nodes() throws Exception;

  private Map<BlockId, byte[]> some(int count, int bytes) {
    var some = new HashMap<BlockId, byte[]>();
    for (int i = 0; i < count; i++) {
      var sealed = new byte[bytes];
      random.nextBytes(sealed);
      some.put(randomId(random), sealed);
    }
    return some;
  }

  protected static BlockId randomId(Random random) {
    return new BlockId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  @Test
  void get_whatWasPut_isTheSame() throws Exception {
    var nodes = nodes();
    var some = some(300, 8 << 10);
    nodes.put(some);
    for (var entry : some.entrySet()) {
      assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
    }
  }

  @Test
  void get_unknown_isMissing() throws Exception {
    var nodes = nodes();
    assertThrows(Missing.class, () -> nodes.get(randomId(random)));
  }

  @Test
  void put_nothing_isFine() throws Exception {
    nodes().put(Map.of());
    nodes().delete(List.of());
  }

  @Test
  void put_twice_isHarmless() throws Exception {
    var nodes = nodes();
    var some = some(3, 100);
    nodes.put(some);
    nodes.put(some);
    for (var entry : some.entrySet()) {
      assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
    }
  }

  @Test
  void put_emptyAndLargeNodes_comeBack() throws Exception {
    var nodes = nodes();
    var some = some(1, 1 << 20);
    var empty = randomId(random);
    some.put(empty, new byte[0]);
    nodes.put(some);
    for (var entry : some.entrySet()) {
      assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
    }
  }

  @Test
  void delete_someOfThem_leavesTheOthers() throws Exception {
    var nodes = nodes();
    var gone = some(20, 200);
    var kept = some(20, 200);
    nodes.put(gone);
    nodes.put(kept);
    nodes.delete(gone.keySet());
    nodes.delete(gone.keySet());
    for (var id : gone.keySet()) {
      assertThrows(Missing.class, () -> nodes.get(id));
    }
    for (var entry : kept.entrySet()) {
      assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
    }
  }

  @Test
  void deleteSealedFor_aProject_leavesTheOthers() throws Exception {
    var nodes = nodes();
    var gone = new ProjectId(UUID.randomUUID());
    var other = new ProjectId(UUID.randomUUID());
    var doomed = sealedFor(gone, 450); // more than are read at a time
    var kept = sealedFor(other, 20);
    kept.putAll(some(20, 100));
    nodes.put(doomed);
    nodes.put(kept);
    for (int again = 0; again < 2; again++) {
      nodes.deleteSealedFor(gone);
      for (var id : doomed.keySet()) {
        assertThrows(Missing.class, () -> nodes.get(id));
      }
      for (var entry : kept.entrySet()) {
        assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
      }
    }
  }

  /** Nodes that name a project in front of what only its key opens. */
  private Map<BlockId, byte[]> sealedFor(ProjectId project, int count) {
    var all = some(count, 60);
    all.values()
        .forEach(
            node ->
                ByteBuffer.wrap(node)
                    .put((byte) 4)
                    .putLong(project.uuid().getMostSignificantBits())
                    .putLong(project.uuid().getLeastSignificantBits()));
    return all;
  }

  @Test
  void put_fromManyThreads_keepsAll() throws Exception {
    var nodes = nodes();
    var parts = List.of(some(100, 4 << 10), some(100, 4 << 10), some(100, 4 << 10));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done =
          threads.invokeAll(
              parts.stream()
                  .map(
                      part ->
                          (Callable<Integer>)
                              () -> {
                                nodes.put(part);
                                return part.size();
                              })
                  .toList());
      for (var future : done) {
        future.get();
      }
    }
    for (var part : parts) {
      for (var entry : part.entrySet()) {
        assertArrayEquals(entry.getValue(), nodes.get(entry.getKey()));
      }
    }
  }
}
