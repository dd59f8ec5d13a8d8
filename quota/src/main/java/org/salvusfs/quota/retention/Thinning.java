package org.salvusfs.quota.retention;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.salvusfs.metadata.api.Snapshot;

/**
 * Which automatic snapshots go. Of each period that has any, the newest one stands for all; of each
 * rule's periods the latest ones stay, as many as the rule says. So what stays depends on nothing
 * but the snapshots that are there: a project of which no new ones are made loses none, and who
 * thins twice does no more than who thins once.
 */
public final class Thinning {
  private Thinning() {}

  /**
   * Those that go, oldest first: never one that somebody made or holds, never the newest.
   *
   * @param most how many automatic snapshots stay at most, whatever the policy says; at least 1
   * @param snapshots those of one project that may be used
   */
  public static List<Snapshot> surplus(Retention policy, int most, Collection<Snapshot> snapshots) {
    if (policy.isNone()) {
      return List.of();
    }
    List<Snapshot> automatic =
        snapshots.stream()
            .filter(each -> each.kind() == Snapshot.Kind.AUTO && each.holds().isEmpty())
            .sorted(Comparator.comparing(Snapshot::created).reversed())
            .toList();
    var wanted = new HashSet<Instant>();
    for (Retention.Rule rule : policy.rules()) {
      keep(rule, automatic, wanted);
    }
    Set<Instant> kept = new HashSet<>();
    for (Snapshot each : automatic) {
      if (kept.size() < most && wanted.contains(each.created())) {
        kept.add(each.created());
      }
    }
    return automatic.reversed().stream().filter(each -> !kept.contains(each.created())).toList();
  }

  private static void keep(Retention.Rule rule, List<Snapshot> newestFirst, Set<Instant> wanted) {
    long period = rule.period().toMillis();
    long last = Long.MAX_VALUE;
    int left = rule.count();
    for (Snapshot each : newestFirst) {
      long number = Math.floorDiv(each.created().toEpochMilli(), period);
      if (left > 0 && number < last) {
        wanted.add(each.created());
        last = number;
        left--;
      }
    }
  }
}
