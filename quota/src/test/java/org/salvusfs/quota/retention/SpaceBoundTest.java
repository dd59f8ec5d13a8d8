package org.salvusfs.quota.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;

class SpaceBoundTest {
  private static Limits quota(long bytes) {
    return new Limits(bytes, Limits.UNLIMITED, Limits.DEFAULT_GRACE, Limits.UNLIMITED, 0);
  }

  private static Snapshot snapshot(int second, Snapshot.Kind kind) {
    return new Snapshot(
        new ProjectId(new UUID(1, 2)),
        Instant.ofEpochSecond(second),
        "s" + second,
        new BlockId(1, 2, 3, 4),
        5,
        6,
        7,
        kind,
        "",
        Lineage.STRAIGHT,
        Set.of(),
        Map.of(),
        false);
  }

  @Test
  void bytes_areTheQuotaSoManyTimes_orWithoutBound() {
    assertEquals(300, new SpaceBound(3).bytes(quota(100)));
    assertEquals(0, new SpaceBound(3).bytes(quota(0)));
    assertEquals(Limits.UNLIMITED, new SpaceBound(0).bytes(quota(100)));
    assertEquals(Limits.UNLIMITED, new SpaceBound(3).bytes(Limits.NONE));
    assertEquals(Limits.UNLIMITED, new SpaceBound(1000).bytes(quota(1L << 60)));
  }

  @Test
  void next_isTheOldestAutomaticOneThatNobodyKeeps() {
    var first = snapshot(1, Snapshot.Kind.AUTO);
    var second = snapshot(2, Snapshot.Kind.AUTO);
    var third = snapshot(3, Snapshot.Kind.AUTO);
    var all = new ArrayList<>(List.of(third, second, first, snapshot(0, Snapshot.Kind.MANUAL)));
    all.add(snapshot(-1, Snapshot.Kind.BEFORE_RESTORE));
    assertEquals(Optional.of(first), SpaceBound.next(all));
    all.set(2, first.withHolds(Set.of("tag")));
    assertEquals(Optional.of(second), SpaceBound.next(all));
    all.set(1, second.withClones(Map.of(new ProjectId(new UUID(3, 4)), new UUID(5, 6))));
    assertEquals(Optional.of(third), SpaceBound.next(all));
    all.removeFirst();
    assertEquals(Optional.empty(), SpaceBound.next(all));
  }
}
