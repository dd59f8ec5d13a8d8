package org.salvusfs.quota.retention;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Snapshot;

/**
 * How much only the snapshots of a project may hold: its quota, so many times.
 *
 * @param factor 0: there is no bound
 */
public record SpaceBound(int factor) {
  /** In logical bytes; {@link Limits#UNLIMITED} if there is no bound or no quota. */
  public long bytes(Limits limits) {
    long quota = limits.hardBytes();
    return factor == 0 || quota > Limits.UNLIMITED / factor ? Limits.UNLIMITED : quota * factor;
  }

  /**
   * The next one to go when they hold more: the oldest automatic one that nobody holds and no clone
   * began with.
   *
   * @param snapshots those of one project that may be used
   */
  public static Optional<Snapshot> next(Collection<Snapshot> snapshots) {
    return snapshots.stream()
        .filter(each -> each.kind() == Snapshot.Kind.AUTO)
        .filter(each -> each.holds().isEmpty() && each.clones().isEmpty())
        .min(Comparator.comparing(Snapshot::created));
  }
}
