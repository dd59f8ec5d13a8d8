package org.salvusfs.metadata.sim;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Unavailable;
import org.salvusfs.metadata.api.ProjectId;

class FaultsTest {
  private static final BlockId ROOT = new BlockId(1, 2, 3, 4);

  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final ProjectId project = new ProjectId(UUID.randomUUID());
  private final Fence first = new Fence(project, 1, UUID.randomUUID(), UUID.randomUUID());

  @BeforeEach
  void acquire() throws MetadataException {
    assertTrue(metadata.heads().create(project, ROOT, 1));
    assertTrue(metadata.heads().acquire(head(), first));
  }

  private Head head() throws MetadataException {
    return Objects.requireNonNull(metadata.heads().read(project));
  }

  private void failingCommit(Fault fault, long txg) {
    metadata.faults().plan(metadata.faults().operations(), fault);
    assertThrows(Unavailable.class, () -> metadata.heads().commit(first, ROOT, txg));
  }

  @Test
  void fail_commit_changesNothing() throws Exception {
    failingCommit(Fault.FAIL, 2);
    assertEquals(1, head().txg());
    metadata.heads().commit(first, ROOT, 2);
    assertEquals(2, head().txg());
  }

  @Test
  void applyThenFail_commit_isThereAndMayBeRepeated() throws Exception {
    failingCommit(Fault.APPLY_THEN_FAIL, 2);
    assertEquals(2, head().txg());
    metadata.heads().commit(first, ROOT, 2);
  }

  @Test
  void applyLater_append_comesWithTheNextOperation() throws Exception {
    metadata.faults().plan(metadata.faults().operations(), Fault.APPLY_LATER);
    var rows = List.of(new LogRow(2, 1, new byte[3]));
    assertThrows(Unavailable.class, () -> metadata.heads().append(first, rows));
    assertEquals(0, metadata.logRowCount(project));
    assertEquals(1, metadata.heads().log(project, 1).size());
  }

  @Test
  void applyLater_afterTakeover_isRefused() throws Exception {
    var seen = head();
    failingCommit(Fault.APPLY_LATER, 2);
    var second = new Fence(project, 2, UUID.randomUUID(), UUID.randomUUID());
    assertFalse(metadata.heads().acquire(seen, second), "the late commit came first");
    assertTrue(metadata.heads().acquire(head(), second));
    assertEquals(2, head().txg());
  }

  @Test
  void applyHalf_nodes_putsSome() {
    metadata.faults().plan(metadata.faults().operations(), Fault.APPLY_HALF);
    var nodes = Map.of(ROOT, new byte[1], new BlockId(5, 6, 7, 8), new byte[2]);
    assertThrows(Unavailable.class, () -> metadata.nodes().put(nodes));
    assertEquals(1, metadata.nodeCount());
  }

  @Test
  void away_everything_failsUntilItIsBack() throws Exception {
    metadata.faults().away(true);
    for (int i = 0; i < 3; i++) {
      assertThrows(Unavailable.class, () -> metadata.heads().read(project));
    }
    metadata.faults().away(false);
    assertDoesNotThrow(() -> metadata.heads().read(project));
  }

  @Test
  void atRandom_sameSeed_failsTheSameOperations() {
    assertEquals(failures(1), failures(1));
    metadata.faults().heal();
    assertDoesNotThrow(() -> metadata.heads().read(project));
  }

  private List<Boolean> failures(long seed) {
    metadata.faults().heal();
    metadata.faults().atRandom(seed, .3);
    return IntStream.range(0, 50)
        .mapToObj(
            i -> {
              try {
                metadata.heads().read(project);
                return false;
              } catch (MetadataException e) {
                return true;
              }
            })
        .toList();
  }
}
