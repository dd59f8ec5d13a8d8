package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.txg.SnapshotUse;
import org.salvusfs.quota.policy.Sizes;
import org.salvusfs.quota.retention.SpaceBound;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what only snapshots hold within bounds. Above the bound automatic snapshots go, oldest
 * first; when none of them is left, no new snapshots are made until it is less, and whoever looks
 * into a {@code .snapshots} is told so. Snapshots from before a rollback or a restore, and those
 * that clones begin with, are made all the same: without them there is no way back.
 *
 * <p>Projects that are open here are looked at when they have changed, so that the numbers are
 * never far behind. Thread-safe; one look at a project at a time, whose lock is taken first.
 */
final class SnapshotSpaces {
  private static final Logger log = LoggerFactory.getLogger(SnapshotSpaces.class);

  /** How many snapshots a notice names. */
  private static final int NAMED_MAX = 3;

  /** A project that is open here. */
  interface Home {
    ProjectId id();

    /** What it is called where somebody has to name it. */
    String name();

    /** The committed tree. */
    BlockId root();

    Limits limits();

    /** What its snapshots hold now. */
    SnapshotUse use() throws IOException;

    /** Deletes a snapshot, unless somebody holds it by now. */
    void delete(Snapshot snapshot) throws IOException;

    /** Shows a notice, or takes it back; does nothing if that is so already. */
    void notice(Optional<String> text);

    /** Writes down what happened. */
    void tell(String kind, String detail) throws IOException;
  }

  /**
   * What a project was like when it was looked at.
   *
   * @param root null: it is to be looked at again
   */
  private record Seen(@Nullable BlockId root, Limits limits, Optional<String> notice) {}

  private final Supplier<List<Home>> homes;
  private final SpaceBound bound;
  private final Map<ProjectId, ReentrantLock> looking = new ConcurrentHashMap<>();

  /** Those that could not be looked at when it was tried last. */
  private final Set<ProjectId> failing = ConcurrentHashMap.newKeySet();

  private final Map<ProjectId, Seen> seen = new ConcurrentHashMap<>();

  /**
   * @param homes the projects that are open
   */
  SnapshotSpaces(Supplier<List<Home>> homes, SpaceBound bound) {
    this.homes = homes;
    this.bound = bound;
  }

  long boundBytes(Limits limits) {
    return bound.bytes(limits);
  }

  /** Why no snapshot of a project is made now, as it was seen last; empty: one is. */
  Optional<String> refusal(ProjectId project) {
    return Optional.ofNullable(seen.get(project)).flatMap(Seen::notice);
  }

  /** Something about a project's snapshots has changed: it is looked at again. */
  void forget(ProjectId project) {
    seen.computeIfPresent(project, (id, known) -> new Seen(null, known.limits(), known.notice()));
  }

  /** Looks at every project that has changed. What fails is tried again at the next call. */
  void goOn() {
    List<Home> open = homes.get();
    List<ProjectId> ids = open.stream().map(Home::id).toList();
    seen.keySet().retainAll(ids);
    looking.keySet().retainAll(ids);
    failing.retainAll(ids);
    for (Home home : open) {
      try {
        if (hasChanged(home)) {
          lookAt(home);
        }
        failing.remove(home.id());
      } catch (IOException e) {
        if (failing.add(home.id())) {
          log.warn("the snapshots of project {} are not counted yet: {}", home.id(), e.toString());
        }
        if (e instanceof MetadataException.Unavailable) {
          return; // the next one would wait for the store as long
        }
      }
    }
  }

  private boolean hasChanged(Home home) {
    Seen known = seen.get(home.id());
    return known == null
        || !home.root().equals(known.root())
        || !home.limits().equals(known.limits());
  }

  /** Counts, deletes what has to go, and says what holds from now on. */
  void lookAt(Home home) throws IOException {
    ReentrantLock lock = looking.computeIfAbsent(home.id(), id -> new ReentrantLock());
    lock.lock();
    try {
      BlockId root = home.root();
      Limits limits = home.limits();
      long most = bound.bytes(limits);
      SnapshotUse use = thinned(home, most);
      Optional<String> notice =
          use.heldBytes() > most ? Optional.of(text(home, use, most, limits)) : Optional.empty();
      announce(home, refusal(home.id()), notice);
      home.notice(notice);
      seen.put(home.id(), new Seen(root, limits, notice));
    } finally {
      lock.unlock();
    }
  }

  private static SnapshotUse thinned(Home home, long most) throws IOException {
    var gone = new ArrayList<String>();
    SnapshotUse use = home.use();
    Optional<Snapshot> next = next(use);
    while (use.heldBytes() > most && next.isPresent()) {
      home.delete(next.get());
      use = home.use();
      Optional<Snapshot> after = next(use);
      if (after.equals(next)) {
        break; // it could not be deleted, and so not counted out
      }
      gone.add(next.get().name());
      next = after;
    }
    if (!gone.isEmpty()) {
      home.tell(
          "snapshots-thinned",
          "%d automatic snapshots were deleted to stay within %s: %s to %s"
              .formatted(gone.size(), Sizes.text(most), gone.getFirst(), gone.getLast()));
    }
    return use;
  }

  private static Optional<Snapshot> next(SnapshotUse use) {
    return SpaceBound.next(use.snapshots().stream().map(SnapshotUse.OfOne::snapshot).toList());
  }

  private static void announce(Home home, Optional<String> before, Optional<String> now)
      throws IOException {
    if (before.isPresent() != now.isPresent()) {
      home.tell(
          now.isPresent() ? "snapshots-full" : "snapshots-room",
          now.orElse("snapshots hold less than they may again"));
    }
  }

  private String text(Home home, SnapshotUse use, long most, Limits limits) {
    List<SnapshotUse.OfOne> largest =
        use.snapshots().stream()
            .filter(one -> one.freedBytes() > 0)
            .sorted((a, b) -> Long.compare(b.freedBytes(), a.freedBytes()))
            .limit(NAMED_MAX)
            .toList();
    var which = new StringBuilder();
    for (SnapshotUse.OfOne one : largest) {
      which
          .append(which.isEmpty() ? "" : ", ")
          .append('"')
          .append(one.snapshot().name())
          .append('"')
          .append(one.snapshot().holds().isEmpty() ? "" : " (held: release it first)")
          .append(" alone frees ")
          .append(Sizes.text(one.freedBytes()));
    }
    return ("no new snapshots of project %s: those there are hold %s that it no longer has, and may"
            + " hold %s (%d times its quota of %s); delete some%s, or raise the quota;"
            + " ./salvus bill %s shows what each of them frees")
        .formatted(
            home.name(),
            Sizes.text(use.heldBytes()),
            Sizes.text(most),
            bound.factor(),
            Sizes.text(limits.hardBytes()),
            which.isEmpty() ? "" : " (" + which + ")",
            home.name());
  }
}
