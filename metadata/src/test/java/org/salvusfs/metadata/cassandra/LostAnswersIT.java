package org.salvusfs.metadata.cassandra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/**
 * Connections break between a change and its answer: nothing is lost, and every outcome is right.
 */
@ExtendWith(CassandraExtension.class)
class LostAnswersIT {
  private static final long SEED = 20261120;

  /** At most so many are written at once: enough for requests of several. */
  private static final int NODES = 1000;

  private final ProjectId project = new ProjectId(UUID.randomUUID());
  private final Random random = new Random(SEED);

  private static BlockId id(long n) {
    return new BlockId(n, 7, -n, 9);
  }

  @Test
  void everyChange_whoseAnswerIsCut_isResolved(LocalCassandra server) throws Exception {
    cutRepeatedly(server, 8);
  }

  @Test
  @Tag("long")
  void everyChange_cutVeryOften_isResolved(LocalCassandra server) throws Exception {
    cutRepeatedly(server, 200);
  }

  private void cutRepeatedly(LocalCassandra server, int rounds) throws Exception {
    try (var proxy = new CuttingProxy(server.contactPoint());
        var direct = Keyspaces.open(server, "lost_answers");
        var metadata =
            CassandraMetadata.open(
                CassandraMetadata.Options.single(
                    proxy.address(), LocalCassandra.DATA_CENTER, "lost_answers"),
                System::nanoTime,
                Thread::sleep,
                UUID::randomUUID)) {
      var heads = metadata.heads();
      cutSoon(proxy);
      assertTrue(heads.create(project, id(1), 1));
      assertFalse(heads.create(project, id(2), 2));
      var nodes = new HashMap<BlockId, byte[]>();
      for (long round = 1; round <= rounds; round++) {
        var seen = heads.read(project);
        assertNotNull(seen);
        assertEquals(round, seen.txg(), "seed " + SEED);
        var fence = new Fence(project, seen.epoch() + 1, UUID.randomUUID(), UUID.randomUUID());
        cutSoon(proxy);
        assertTrue(heads.acquire(seen, fence));
        for (long seq = 1; seq <= 3; seq++) {
          cutSoon(proxy);
          heads.append(fence, List.of(new LogRow(round + 1, seq, new byte[] {(byte) seq})));
        }
        var logged = direct.heads().log(project, round);
        assertEquals(
            LongStream.rangeClosed(1, 3).boxed().toList(),
            logged.stream().map(LogRow::seq).toList());
        Map<BlockId, byte[]> some = nodes(round * NODES, 1 + random.nextInt(NODES));
        nodes.putAll(some);
        cutSoon(proxy);
        metadata.nodes().put(some);
        cutSoon(proxy);
        heads.commit(fence, id(round + 1), round + 1);
        assertEquals(direct.heads().read(project), heads.read(project));
        cutSoon(proxy);
        heads.trim(project, round + 1);
        cutSoon(proxy);
        heads.release(fence);
        assertThrows(
            Fenced.class, () -> heads.append(fence, List.of(new LogRow(9999, 1, new byte[500]))));
      }
      assertEquals(List.of(), direct.heads().log(project, 0));
      for (var node : nodes.entrySet()) {
        assertArrayEquals(node.getValue(), direct.nodes().get(node.getKey()));
      }
      assertTrue(proxy.cuts() >= rounds, proxy.cuts() + " cuts");
    }
  }

  private Map<BlockId, byte[]> nodes(long first, int count) {
    var some = new HashMap<BlockId, byte[]>();
    for (long n = first; n < first + count; n++) {
      var node = new byte[500];
      random.nextBytes(node);
      some.put(id(n), node);
    }
    return some;
  }

  private void cutSoon(CuttingProxy proxy) {
    if (random.nextInt(3) == 0) {
      proxy.cutAfter(random.nextInt(200));
    }
  }
}
