package org.salvusfs.quota.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;

class ThinningTest {
  private static final ProjectId PROJECT = new ProjectId(new UUID(1, 2));
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final List<String> POLICIES =
      List.of(Retention.USUAL, "1m:1", "10m:3", "1h:2,1d:2,7d:2", "7m:5,11m:2,1h:30", "1d:400");

  private static Snapshot snapshot(Instant created, Snapshot.Kind kind, Set<String> holds) {
    return new Snapshot(
        PROJECT,
        created,
        "at " + created,
        new BlockId(1, 2, 3, 4),
        5,
        6,
        7,
        kind,
        "",
        Lineage.STRAIGHT,
        holds,
        Map.of(),
        false);
  }

  private static Snapshot automatic(Instant created) {
    return snapshot(created, Snapshot.Kind.AUTO, Set.of());
  }

  private static List<Snapshot> without(List<Snapshot> all, List<Snapshot> gone) {
    var names = gone.stream().map(Snapshot::name).collect(Collectors.toSet());
    return all.stream().filter(each -> !names.contains(each.name())).toList();
  }

  @Test
  void surplus_aYearOfSnapshots_leavesWhatThePolicySays() {
    var all = new ArrayList<Snapshot>();
    var policy = Retention.parse(Retention.USUAL);
    for (var at = NOON.minus(Duration.ofDays(400));
        at.isBefore(NOON);
        at = at.plus(Duration.ofMinutes(15))) {
      all.add(automatic(at));
    }
    var left = without(all, Thinning.surplus(policy, 1000, all));
    assertTrue(left.size() > 40 && left.size() <= 51, "left: " + left.size());
    assertEquals(all.getLast(), left.getLast());
    assertTrue(left.getFirst().created().isBefore(NOON.minus(Duration.ofDays(299))));
    long lastDay =
        left.stream().filter(s -> s.created().isAfter(NOON.minus(Duration.ofDays(1)))).count();
    assertTrue(lastDay >= 24, "of the last day: " + lastDay);
  }

  @Test
  void surplus_madeOneByOneAndThinnedEachTime_keepsAsFarBack() {
    var policy = Retention.parse("10m:3,1h:4,1d:5");
    List<Snapshot> left = List.of();
    for (var at = NOON.minus(Duration.ofDays(9));
        at.isBefore(NOON);
        at = at.plus(Duration.ofMinutes(10))) {
      var all = new ArrayList<>(left);
      all.add(automatic(at));
      left = without(all, Thinning.surplus(policy, 1000, all));
      assertTrue(left.size() <= 12, "left: " + left.size());
    }
    assertTrue(left.getFirst().created().isBefore(NOON.minus(Duration.ofDays(3))));
  }

  @Test
  void surplus_ofRandomSnapshots_keepsItsPromises() {
    for (int seed = 0; seed < 3000; seed++) {
      var random = new Random(seed);
      var policy = Retention.parse(POLICIES.get(random.nextInt(POLICIES.size())));
      int most = 1 + random.nextInt(60);
      var all = randomSnapshots(random);
      var gone = Thinning.surplus(policy, most, all);
      String what = "seed " + seed;
      assertTrue(all.containsAll(gone), what);
      for (Snapshot each : gone) {
        assertEquals(Snapshot.Kind.AUTO, each.kind(), what);
        assertTrue(each.holds().isEmpty(), what);
      }
      var left = without(all, gone);
      assertEquals(List.of(), Thinning.surplus(policy, most, left), what + " is not idempotent");
      var free = left.stream().filter(ThinningTest::mayGo).toList();
      int sum = policy.rules().stream().mapToInt(Retention.Rule::count).sum();
      assertTrue(free.size() <= Math.min(sum, most), what + " leaves too many: " + free.size());
      var candidates = all.stream().filter(ThinningTest::mayGo).toList();
      if (!candidates.isEmpty()) {
        assertEquals(candidates.getLast(), free.getLast(), what + " loses the newest");
      }
      if (most >= sum) {
        policy.rules().forEach(rule -> checkRule(rule, candidates, gone, what));
      }
    }
  }

  /** The newest of each of the rule's latest periods is there, found in another way. */
  private static void checkRule(
      Retention.Rule rule, List<Snapshot> candidates, List<Snapshot> gone, String what) {
    var newest = new TreeMap<Long, Snapshot>();
    candidates.forEach(
        each -> newest.put(each.created().getEpochSecond() / rule.period().toSeconds(), each));
    newest.descendingMap().values().stream()
        .limit(rule.count())
        .forEach(each -> assertFalse(gone.contains(each), what + " deletes " + each.name()));
  }

  private static boolean mayGo(Snapshot snapshot) {
    return snapshot.kind() == Snapshot.Kind.AUTO && snapshot.holds().isEmpty();
  }

  /** Oldest first. */
  private static List<Snapshot> randomSnapshots(Random random) {
    var all = new ArrayList<Snapshot>();
    var at = NOON;
    int spread = 1 + random.nextInt(3 * 86_400_000);
    for (int i = random.nextInt(120); i > 0; i--) {
      at = at.plusMillis(1 + random.nextInt(spread));
      var kinds = Snapshot.Kind.values();
      var kind = random.nextInt(4) == 0 ? kinds[random.nextInt(kinds.length)] : Snapshot.Kind.AUTO;
      all.add(snapshot(at, kind, random.nextInt(8) == 0 ? Set.of("tag") : Set.of()));
    }
    return all;
  }

  @Test
  void surplus_withPolicyNone_isNothing() {
    assertEquals(
        List.of(), Thinning.surplus(Retention.NONE, 1, List.of(automatic(NOON), automatic(NOON))));
  }
}
