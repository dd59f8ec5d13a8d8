package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.txg.SnapshotUse;
import org.salvusfs.quota.retention.SpaceBound;

class SnapshotSpacesTest {
  private static final long QUOTA = 100;

  private final FakeHome home = new FakeHome();
  private final SnapshotSpaces spaces = new SnapshotSpaces(() -> List.of(home), new SpaceBound(3));

  /** A project in which each snapshot holds what no other does. */
  private static final class FakeHome implements SnapshotSpaces.Home {
    final List<SnapshotUse.OfOne> all = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    Optional<String> shown = Optional.empty();
    long txg;
    long quota = QUOTA;
    boolean isAway;
    boolean isDeletable = true;
    int counted;

    void add(Snapshot.Kind kind, long bytes) {
      txg++;
      var snapshot =
          new Snapshot(
              id(),
              Instant.ofEpochSecond(txg),
              "s" + txg,
              root(),
              txg,
              bytes,
              1,
              kind,
              "",
              Lineage.STRAIGHT,
              Set.of(),
              Map.of(),
              false);
      all.add(new SnapshotUse.OfOne(snapshot, bytes));
    }

    List<String> names() {
      return all.stream().map(one -> one.snapshot().name()).toList();
    }

    @Override
    public ProjectId id() {
      return new ProjectId(new UUID(1, 2));
    }

    @Override
    public String name() {
      return "demo";
    }

    @Override
    public BlockId root() {
      return new BlockId(1, 2, 3, txg);
    }

    @Override
    public Limits limits() {
      return new Limits(quota, Limits.UNLIMITED, Limits.DEFAULT_GRACE, Limits.UNLIMITED, 0);
    }

    @Override
    public SnapshotUse use() throws IOException {
      counted++;
      if (isAway) {
        throw new MetadataException.Unavailable("away");
      }
      return new SnapshotUse(all.stream().mapToLong(SnapshotUse.OfOne::freedBytes).sum(), all);
    }

    @Override
    public void delete(Snapshot snapshot) {
      assertEquals(Snapshot.Kind.AUTO, snapshot.kind());
      if (isDeletable) {
        assertTrue(all.removeIf(one -> one.snapshot().equals(snapshot)));
      }
    }

    @Override
    public void notice(Optional<String> text) {
      shown = text;
    }

    @Override
    public void tell(String kind, String detail) {
      told.add(kind);
    }
  }

  @Test
  void aboveTheBound_automaticOnesGoOldestFirst_untilItIsLess() {
    home.add(Snapshot.Kind.AUTO, 100);
    home.add(Snapshot.Kind.MANUAL, 100);
    home.add(Snapshot.Kind.AUTO, 60);
    home.add(Snapshot.Kind.AUTO, 50);
    spaces.goOn();
    assertEquals(List.of("s2", "s3", "s4"), home.names());
    assertEquals(List.of("snapshots-thinned"), home.told);
    assertEquals(Optional.empty(), home.shown);
    assertEquals(Optional.empty(), spaces.refusal(home.id()));
  }

  @Test
  void whenOnlyOthersAreLeft_newOnesAreRefused_untilThereIsRoom() {
    home.add(Snapshot.Kind.MANUAL, 290);
    home.add(Snapshot.Kind.AUTO, 30);
    home.add(Snapshot.Kind.BEFORE_RESTORE, 20);
    spaces.goOn();
    assertEquals(List.of("s1", "s3"), home.names());
    assertEquals(List.of("snapshots-thinned", "snapshots-full"), home.told);
    String refusal = spaces.refusal(home.id()).orElseThrow();
    assertEquals(Optional.of(refusal), home.shown);
    for (String word :
        List.of(
            "demo", "310", "300", "3 times its quota of 100", "\"s1\" alone frees 290", "bill")) {
      assertTrue(refusal.contains(word), word + " in " + refusal);
    }
    home.all.removeFirst();
    spaces.goOn();
    assertEquals(Optional.of(refusal), home.shown, "nobody said that something has changed");
    spaces.forget(home.id());
    spaces.goOn();
    assertEquals(Optional.empty(), home.shown);
    assertEquals(Optional.empty(), spaces.refusal(home.id()));
    assertEquals("snapshots-room", home.told.getLast());
  }

  @Test
  void atTheBound_nothingHappens() {
    home.add(Snapshot.Kind.AUTO, 300);
    spaces.goOn();
    assertEquals(List.of("s1"), home.names());
    assertEquals(List.of(), home.told);
  }

  @Test
  void unchangedProject_isNotCountedAgain_changedOnesAre() {
    home.add(Snapshot.Kind.MANUAL, 200);
    spaces.goOn();
    spaces.goOn();
    assertEquals(1, home.counted);
    home.txg++;
    spaces.goOn();
    assertEquals(2, home.counted);
    home.quota = 10;
    spaces.goOn();
    assertTrue(home.shown.orElseThrow().contains("10"), "a lower quota holds at once");
    home.quota = Limits.UNLIMITED;
    spaces.goOn();
    assertEquals(Optional.empty(), home.shown);
  }

  @Test
  void storeThatIsAway_isAskedAgain() {
    home.add(Snapshot.Kind.MANUAL, 400);
    home.isAway = true;
    spaces.goOn();
    assertEquals(Optional.empty(), home.shown);
    home.isAway = false;
    spaces.goOn();
    assertTrue(home.shown.isPresent());
  }

  @Test
  void snapshotThatSomebodyBeginsToHold_endsTheThinning() {
    home.add(Snapshot.Kind.AUTO, 400);
    home.isDeletable = false;
    spaces.goOn();
    assertEquals(List.of("s1"), home.names());
    assertTrue(home.shown.isPresent());
  }
}
