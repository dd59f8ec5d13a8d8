package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.metrics.SnapshotMeters;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.quota.retention.Retention;
import org.salvusfs.quota.retention.Schedule;
import org.salvusfs.quota.retention.Thinning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots of projects by their policies, and thins them. A project is looked at when one of
 * its slots ends ({@link Schedule}): if it is as its latest snapshot has it, nothing happens, and
 * no store is asked. Only projects that are open here can have changed, so no others are looked at.
 * Used by one thread; {@link #forget} may be called by others.
 */
final class AutomaticSnapshots {
  private static final Logger log = LoggerFactory.getLogger(AutomaticSnapshots.class);

  /** A project that is open here. */
  interface Home {
    ProjectId id();

    /** Whether changes wait to be committed. */
    boolean isDirty();

    /** The committed tree. */
    BlockId root();

    /** Its snapshots, oldest first. */
    List<Snapshot> list() throws IOException;

    /** Keeps it as it is now; empty if it could not be given a name, or there is no room. */
    Optional<Snapshot> make(Instant now) throws IOException;

    /** Deletes a snapshot, unless somebody holds it by now. */
    void delete(Snapshot snapshot) throws IOException;
  }

  /** Says what a project's policy is; blocks. */
  @FunctionalInterface
  interface Policies {
    Retention of(ProjectId project) throws IOException;
  }

  /**
   * What is known of a project without asking.
   *
   * @param slot in which it was looked at last
   * @param root of its latest snapshot; null if it has none
   */
  private record Known(Retention policy, long slot, @Nullable BlockId root) {
    Known at(long other) {
      return new Known(policy, other, root);
    }
  }

  private final Supplier<List<Home>> homes;
  private final Policies policies;
  private final int most;
  private final SnapshotMeters meters;
  private final Map<ProjectId, Known> byProject = new ConcurrentHashMap<>();

  /**
   * @param homes the projects that are open
   * @param most how many automatic snapshots of a project stay at most
   */
  AutomaticSnapshots(
      Supplier<List<Home>> homes, Policies policies, int most, SnapshotMeters meters) {
    this.homes = homes;
    this.policies = policies;
    this.most = most;
    this.meters = meters;
  }

  /** Something about the project has changed: it is looked up again. */
  void forget(ProjectId project) {
    byProject.remove(project);
  }

  /** Looks at every project whose slot has ended. What fails is tried again at the next call. */
  void goOn(Instant now) {
    var open = homes.get();
    byProject.keySet().retainAll(open.stream().map(Home::id).toList());
    for (Home home : open) {
      try {
        lookAt(home, now);
      } catch (IOException e) {
        log.warn("no automatic snapshot of project {} yet: {}", home.id(), e.getMessage());
        meters.failed();
      }
    }
  }

  private void lookAt(Home home, Instant now) throws IOException {
    Known known = byProject.get(home.id());
    if (known == null) {
      byProject.put(home.id(), firstLook(home, now));
      return;
    }
    if (known.policy().isNone()) {
      return;
    }
    long slot = Schedule.of(known.policy(), home.id()).slot(now);
    if (slot == known.slot()) {
      return;
    }
    if (!home.isDirty() && home.root().equals(known.root())) {
      byProject.replace(home.id(), known, known.at(slot));
      return;
    }
    BlockId latest = known.root();
    var all = home.list();
    if (!all.isEmpty() && !home.isDirty() && home.root().equals(all.getLast().root())) {
      latest = home.root(); // somebody has made one since
    } else {
      Optional<Snapshot> made = home.make(now);
      if (made.isPresent()) {
        meters.made();
        latest = made.get().root();
        thin(home, known.policy());
      }
    }
    byProject.replace(home.id(), known, new Known(known.policy(), slot, latest));
  }

  /** Nothing is made at once: a daemon that starts would make one of every project. */
  private Known firstLook(Home home, Instant now) throws IOException {
    Retention policy = policies.of(home.id());
    if (policy.isNone()) {
      return new Known(policy, 0, null);
    }
    thin(home, policy);
    var all = home.list();
    return new Known(
        policy,
        Schedule.of(policy, home.id()).slot(now),
        all.isEmpty() ? null : all.getLast().root());
  }

  private void thin(Home home, Retention policy) throws IOException {
    for (Snapshot surplus : Thinning.surplus(policy, most, home.list())) {
      home.delete(surplus);
    }
  }
}
