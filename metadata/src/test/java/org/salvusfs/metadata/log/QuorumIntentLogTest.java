package org.salvusfs.metadata.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.sim.Fault;
import org.salvusfs.metadata.sim.SimulatedMetadata;

class QuorumIntentLogTest extends IntentLogContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final HeadStore heads = metadata.heads();
  private @Nullable Fence fence;

  @Override
  IntentLog open() throws IOException {
    fence = acquire(project);
    return new QuorumIntentLog(heads, new XorCodec(), fence);
  }

  @Override
  IntentLog beside() {
    var nobody = new Fence(project, 0, new UUID(1, 1), new UUID(1, 1));
    return new QuorumIntentLog(heads, new XorCodec(), nobody);
  }

  @Override
  IntentLog openNeighbour() throws IOException {
    return new QuorumIntentLog(heads, new XorCodec(), acquire(new ProjectId(new UUID(13, 14))));
  }

  @Override
  long epoch() {
    return Objects.requireNonNull(fence).epoch();
  }

  @Override
  void release() throws IOException {
    heads.release(Objects.requireNonNull(fence));
  }

  private Fence acquire(ProjectId of) throws IOException {
    heads.create(of, Openings.ROOT, 0);
    var seen = Objects.requireNonNull(heads.read(of));
    var next = new Fence(of, seen.epoch() + 1, Openings.HOST, UUID.randomUUID());
    heads.acquire(seen, next);
    return next;
  }

  @Test
  void append_afterAnotherTookOver_isFencedAndLeavesNothing() throws IOException {
    IntentLog old = open();
    old.append(txg(1), bytes("a"));
    long inTheOldEpoch = txg(1);
    IntentLog successor = open();
    assertThrows(MetadataException.Fenced.class, () -> old.append(inTheOldEpoch, bytes("b")));
    assertThrows(
        MetadataException.Fenced.class, () -> old.append(inTheOldEpoch, new byte[2_000_000]));
    assertEquals(List.of("a"), texts(successor.recover(0)));
  }

  @Test
  void append_ofALargeRecord_needsAllItsBatches() throws IOException {
    byte[] large = new byte[2_000_000];
    new Random(1).nextBytes(large);
    IntentLog log = open();
    log.append(txg(1), bytes("before"));
    long first = metadata.faults().operations();
    log.append(txg(1), large);
    long batches = metadata.faults().operations() - first;
    assertEquals(5, batches);
    log.retire(txg(1));
    for (int failing = 0; failing < batches; failing++) {
      log.append(txg(2 + failing), bytes("before"));
      metadata.faults().plan(metadata.faults().operations() + failing, Fault.FAIL);
      long txg = txg(2 + failing);
      assertThrows(MetadataException.Unavailable.class, () -> log.append(txg, large));
      log.append(txg, bytes("after"));
      assertEquals(List.of("before", "after"), texts(log.recover(txg - 1)));
    }
  }

  @Test
  void append_whoseAnswerWasLost_comesBackInItsPlace() throws IOException {
    IntentLog log = open();
    log.append(txg(1), bytes("a"));
    metadata.faults().plan(metadata.faults().operations(), Fault.APPLY_LATER);
    assertThrows(MetadataException.Unavailable.class, () -> log.append(txg(1), bytes("b")));
    log.append(txg(1), bytes("c"));
    assertEquals(List.of("a", "b", "c"), texts(open().recover(0)));
  }

  @Test
  void retire_leavesNoRows() throws IOException {
    IntentLog log = open();
    log.append(txg(1), new byte[300_000]);
    log.append(txg(2), bytes("b"));
    log.retire(txg(2));
    assertEquals(0, metadata.logRowCount(project));
  }
}
