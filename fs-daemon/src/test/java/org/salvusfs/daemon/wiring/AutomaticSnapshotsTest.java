package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.metrics.SnapshotMeters;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.log.Muted;
import org.salvusfs.quota.retention.Retention;

class AutomaticSnapshotsTest {
  @RegisterExtension static final Muted MUTED = new Muted(AutomaticSnapshots.class);

  private static final Instant BEGIN = Instant.parse("2026-11-21T00:00:00Z");
  private static final Duration TICK = Duration.ofSeconds(5);

  private final Map<ProjectId, Retention> policies = new HashMap<>();
  private final List<FakeHome> homes = new ArrayList<>();
  private int policyReads;
  private Instant now = BEGIN;
  private AutomaticSnapshots automatic = automatic(1000);

  private AutomaticSnapshots automatic(int most) {
    return new AutomaticSnapshots(
        () -> List.copyOf(homes),
        id -> {
          policyReads++;
          return policies.getOrDefault(id, Retention.parse("15m:4,1h:24"));
        },
        most,
        new SnapshotMeters(new SimpleMeterRegistry()));
  }

  /** A project whose tree is a number. */
  private static final class FakeHome implements AutomaticSnapshots.Home {
    private final ProjectId id;
    private final List<Snapshot> snapshots = new ArrayList<>();
    private long committed = 1;
    private boolean isDirty;
    private boolean isAway;
    private int questions;

    FakeHome(ProjectId id) {
      this.id = id;
    }

    void change() {
      isDirty = true;
    }

    @Override
    public ProjectId id() {
      return id;
    }

    @Override
    public boolean isDirty() {
      return isDirty;
    }

    @Override
    public BlockId root() {
      return new BlockId(1, 2, 3, committed);
    }

    @Override
    public List<Snapshot> list() throws IOException {
      questions++;
      if (isAway) {
        throw new MetadataException.Unavailable("away");
      }
      return List.copyOf(snapshots);
    }

    @Override
    public Optional<Snapshot> make(Instant now) throws IOException {
      var made = snapshot(now, Snapshot.Kind.AUTO);
      snapshots.add(made);
      return Optional.of(made);
    }

    Snapshot snapshot(Instant now, Snapshot.Kind kind) {
      if (isDirty) {
        committed++;
        isDirty = false;
      }
      return new Snapshot(
          id,
          now,
          "at " + now,
          root(),
          committed,
          0,
          1,
          kind,
          "",
          Lineage.STRAIGHT,
          Set.of(),
          Map.of(),
          false);
    }

    @Override
    public void delete(Snapshot snapshot) {
      assertTrue(snapshots.remove(snapshot));
    }
  }

  private FakeHome home(int number) {
    var home = new FakeHome(new ProjectId(new UUID(number, number)));
    homes.add(home);
    return home;
  }

  private void run(Duration howLong) {
    Instant end = now.plus(howLong);
    while (now.isBefore(end)) {
      now = now.plus(TICK);
      automatic.goOn(now);
    }
  }

  @Test
  void unchangedProject_costsNothing() {
    var home = home(1);
    home.change();
    run(Duration.ofHours(1));
    assertEquals(1, home.snapshots.size());
    int questions = home.questions;
    int reads = policyReads;
    run(Duration.ofDays(2));
    assertEquals(1, home.snapshots.size());
    assertEquals(questions, home.questions, "the store was asked");
    assertEquals(reads, policyReads, "the store was asked");
  }

  @Test
  void changedProject_hasOneSnapshotForEachSlotWithAChange() {
    var home = home(1);
    for (int i = 0; i < 4; i++) {
      home.change();
      run(Duration.ofMinutes(5));
      home.change();
      run(Duration.ofMinutes(10));
    }
    assertEquals(4, home.snapshots.size());
    for (int i = 1; i < 4; i++) {
      var between =
          Duration.between(home.snapshots.get(i - 1).created(), home.snapshots.get(i).created());
      assertEquals(Duration.ofMinutes(15), between);
    }
  }

  @Test
  void manyProjects_neverFireTogether() {
    for (int i = 0; i < 600; i++) {
      home(i).change();
    }
    automatic.goOn(now);
    var perTick = new ArrayList<Integer>();
    int before = 0;
    for (int i = 0; i < 180; i++) {
      now = now.plus(TICK);
      automatic.goOn(now);
      int made = homes.stream().mapToInt(home -> home.snapshots.size()).sum();
      perTick.add(made - before);
      before = made;
    }
    assertEquals(600, before);
    assertTrue(perTick.stream().allMatch(made -> made < 20), perTick.toString());
  }

  @Test
  void whatSomebodyMadeSince_isAsGood() {
    var home = home(1);
    automatic.goOn(now);
    home.change();
    home.snapshots.add(home.snapshot(now, Snapshot.Kind.MANUAL));
    run(Duration.ofHours(1));
    assertEquals(1, home.snapshots.size());
  }

  @Test
  void policy_boundsTheNumber_andManualOnesStay() {
    var home = home(1);
    policies.put(home.id(), Retention.parse("1m:3,10m:2"));
    home.snapshots.add(home.snapshot(now, Snapshot.Kind.MANUAL));
    var random = new Random(1);
    for (int i = 0; i < 200; i++) {
      home.change();
      run(Duration.ofSeconds(30 + random.nextInt(100)));
    }
    assertTrue(home.snapshots.size() <= 1 + 5, "there are " + home.snapshots.size());
    assertEquals(Snapshot.Kind.MANUAL, home.snapshots.getFirst().kind());
    automatic = automatic(2);
    run(Duration.ofSeconds(5));
    assertEquals(1 + 2, home.snapshots.size());
  }

  @Test
  void policyNone_makesNone_untilItIsChanged() {
    var home = home(1);
    policies.put(home.id(), Retention.NONE);
    home.change();
    run(Duration.ofDays(1));
    assertEquals(0, home.snapshots.size());
    policies.put(home.id(), Retention.parse("1m:3"));
    automatic.forget(home.id());
    run(Duration.ofMinutes(2));
    assertEquals(1, home.snapshots.size());
  }

  @Test
  void storeThatIsAway_isAskedAgain() {
    var home = home(1);
    automatic.goOn(now);
    home.change();
    home.isAway = true;
    run(Duration.ofMinutes(20));
    assertEquals(0, home.snapshots.size());
    home.isAway = false;
    run(TICK);
    assertEquals(1, home.snapshots.size());
  }
}
