package org.salvusfs.metadata.txg;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.SnapshotStore.Creation;
import org.salvusfs.metadata.api.SnapshotStore.Deletion;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LineageItem;
import org.salvusfs.metadata.item.OriginItem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one open project: creates them, frees what only a deleted one had, and rolls the
 * project back to one.
 *
 * <p>The snapshots of a project and its live tree form a <em>family</em> ({@link Family}): each
 * descends from the latest snapshot in its past. A node is in the trees between its birth and its
 * replacement, so the members that have it are connected, and whoever has a snapshot's node is its
 * parent or one of its children. So:
 *
 * <ul>
 *   <li>A commit deletes what it replaces if the live tree's parent has not got it ({@link
 *       Retirement}).
 *   <li>Deleting a snapshot with at most one child deletes the nodes that neither parent nor child
 *       have; after that its child is its parent's. One with several children (the project went
 *       back to it, and its later snapshots are still there) waits until one is left; one that
 *       clones were made of, until they are gone.
 * </ul>
 *
 * <p>Order of steps, so that a crash between any two leaves a snapshot that is whole, or none:
 *
 * <ul>
 *   <li>creating: pin all nodes; commit; write the row; keep nodes for it; unpin. If the row's fate
 *       is unknown, nodes are kept as if it were there, until it is known;
 *   <li>deleting: mark the row; keep nodes for it no longer; delete nodes, level by level from the
 *       leaves, after the grace; remove the row. An attempt that was broken off is repeated: what
 *       is not there any more has nothing below it that is.
 *   <li>rolling back: let no operation begin; snapshot of what is there; one commit of the old root
 *       with the counters and the lineage changed; let operations begin.
 * </ul>
 *
 * <p>Thread-safe. One change at a time: {@code changing} is held while the store is asked; no other
 * lock is held before it.
 */
public final class Snapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** What became of {@link #rollBack}. */
  public sealed interface RolledBack {
    /**
     * The project is as it was then.
     *
     * @param before as it was until now
     */
    record Done(Snapshot before) implements RolledBack {}

    /** The snapshot's name for what is there now is taken; nothing changed. */
    record NameTaken(String name) implements RolledBack {}

    /** There is no such snapshot; nothing changed. */
    record Unknown() implements RolledBack {}
  }

  /** What became of {@link #advance}. */
  public sealed interface Advanced {
    /** The project is what it should become. */
    record Done(Snapshot snapshot) implements Advanced {}

    /** A snapshot has the name; nothing changed. */
    record NameTaken(String name) implements Advanced {}

    /**
     * The live tree is not the one any more that the other was made of, or a snapshot was made of
     * it since; nothing changed.
     */
    record Changed() implements Advanced {}
  }

  private final ReentrantLock changing = new ReentrantLock();
  private final Transactions.Parts parts;
  private final SnapshotStore store;
  private final Fence fence;
  private final ProjectId project;
  private final Groups groups;
  private final Retirement retirement;

  /** Guarded by {@code changing}. */
  private final HeldSpace space;

  /** Whether there are none for sure, as nobody else makes any; guarded by {@code changing}. */
  private boolean isEmpty;

  /** Snapshots of which it is not known whether their row was written, as being deleted. */
  private final Map<Instant, Snapshot> doubtful = new ConcurrentHashMap<>();

  /** Snapshots whose nodes wait for their deletion. */
  private final Set<Instant> freeing = ConcurrentHashMap.newKeySet();

  /** How many may be used, as far as is known. */
  private final AtomicInteger count = new AtomicInteger();

  Snapshots(Transactions.Parts parts, Fence fence, Groups groups, Retirement retirement) {
    this.parts = parts;
    this.store = parts.snapshots();
    this.fence = fence;
    this.project = fence.project();
    this.groups = groups;
    this.retirement = retirement;
    this.space = new HeldSpace(parts.tree(), store, fence);
  }

  /** Fences earlier holders off and learns what they made, before anything is committed. */
  void open() throws MetadataException {
    store.open(fence);
    retirement.keepFor(family().ancestorTxgs());
  }

  /** See {@link Transactions#settle}. */
  void settle() throws MetadataException {
    changing.lock();
    try {
      groups.awaitFreshCommit();
    } finally {
      changing.unlock();
    }
  }

  /** How many may be used, as of the last change; asks nobody. */
  public int count() {
    return count.get();
  }

  /** Those that may be used, oldest first. */
  public List<Snapshot> list() throws MetadataException {
    return store.list(project);
  }

  /**
   * Commits everything applied before the call and keeps it. Takes as long as that commit, however
   * large the project is. On return the snapshot is durable.
   *
   * @param now what the clock says; later if a snapshot has that instant or a later one already
   * @return empty if the name is taken
   * @throws IllegalArgumentException if {@link Snapshot#isValidName} refuses the name
   * @throws MetadataException.Unavailable if the store does not answer: the snapshot is there or
   *     not, but never a part of it
   */
  public Optional<Snapshot> create(String name, Snapshot.Kind kind, String comment, Instant now)
      throws MetadataException {
    changing.lock();
    try {
      Family family = family();
      return family.hasName(name)
          ? Optional.empty()
          : Optional.of(keep(family, name, kind, comment, now, UnaryOperator.identity()));
    } finally {
      changing.unlock();
    }
  }

  /**
   * Commits everything applied before the call and keeps it for a clone that is about to be made,
   * and for nothing else: the snapshot is being deleted from the beginning, and goes with the
   * clone.
   *
   * @param clone is noted as made of it
   * @param maker see {@link SnapshotStore#addClone}
   * @param now see {@link #create}
   * @throws MetadataException.Unavailable see {@link #create}
   */
  public Snapshot createFor(ProjectId clone, UUID maker, Instant now) throws MetadataException {
    changing.lock();
    try {
      return keep(
          family(),
          "for clone " + clone,
          Snapshot.Kind.AUTO,
          "",
          now,
          snapshot -> snapshot.withClones(Map.of(clone, maker)).deleting());
    } finally {
      changing.unlock();
    }
  }

  private Snapshot keep(
      Family family,
      String name,
      Snapshot.Kind kind,
      String comment,
      Instant now,
      UnaryOperator<Snapshot> use)
      throws MetadataException {
    retirement.pin();
    try {
      groups.awaitCommitted();
      Groups.State state = groups.state();
      CountersItem counters = counters(state.root());
      var snapshot =
          new Snapshot(
              project,
              family.instantFrom(now.truncatedTo(ChronoUnit.MILLIS)),
              name,
              state.root(),
              state.committedTxg(),
              counters.bytes(),
              counters.inodes(),
              kind,
              comment,
              lineage(state.root()),
              Set.of(),
              Map.of(),
              false,
              space.ofLive(family, state.root()));
      return write(use.apply(snapshot));
    } finally {
      retirement.unpin();
    }
  }

  private Snapshot write(Snapshot snapshot) throws MetadataException {
    isEmpty = false;
    // If it never came to be, no clone needs it: then it is freed like a deleted one.
    doubtful.put(snapshot.created(), snapshot.withClones(Map.of()).deleting());
    retirement.keepAlsoFor(snapshot.txg());
    Creation creation = store.create(fence, snapshot);
    if (creation != Creation.CREATED) {
      throw new IllegalStateException(creation + ", so somebody else made one, too: " + snapshot);
    }
    doubtful.remove(snapshot.created());
    space.made(snapshot);
    if (!snapshot.isDeleting()) {
      count.incrementAndGet();
    }
    return snapshot;
  }

  /**
   * What the snapshots hold, those that are on their way out and can be freed left out. Costs what
   * changed since the last call, or since the latest snapshot; and, if snapshots were deleted in
   * between, what their neighbours differ by.
   *
   * @throws MetadataException.Unavailable if the store does not answer
   */
  public SnapshotUse use() throws MetadataException {
    changing.lock();
    try {
      if (isEmpty) {
        return new SnapshotUse(0, List.of());
      }
      retirement.pin();
      try {
        Family family = swept();
        isEmpty = doubtful.isEmpty() && family.members().isEmpty() && family.freed().isEmpty();
        return space.use(family, groups.state().root());
      } finally {
        retirement.unpin();
      }
    } finally {
      changing.unlock();
      retirement.deleteDue();
    }
  }

  /**
   * Deletes a snapshot. Nobody may use it any more on return; its nodes are deleted when nobody can
   * be reading them, and nothing else needs them.
   */
  public Deletion delete(Instant created) throws MetadataException {
    Deletion deletion = store.delete(project, created);
    if (deletion == Deletion.DELETING) {
      sweep();
    }
    return deletion;
  }

  /**
   * Goes on with every deletion that can go on: call it now and then. Costs what the deleted
   * snapshots differ from their neighbours by.
   *
   * @throws MetadataException.Unavailable if the store does not answer; the next call goes on
   */
  public void sweep() throws MetadataException {
    changing.lock();
    try {
      swept();
    } finally {
      changing.unlock();
    }
    retirement.deleteDue();
  }

  /** The family after all that can be freed is on its way out. */
  private Family swept() throws MetadataException {
    Family family = family();
    Snapshot next = family.nextToFree();
    while (next != null) {
      free(next, family);
      family = family.without(next);
      next = family.nextToFree();
    }
    return family;
  }

  private void free(Snapshot snapshot, Family family) throws MetadataException {
    freeing.add(snapshot.created());
    retirement.pin();
    try {
      retirement.keepFor(family.without(snapshot).ancestorTxgs());
      var others = new ArrayList<BlockId>();
      for (Family.Child child : family.children(snapshot)) {
        others.add(child.root(groups.state().root()));
      }
      Snapshot parent = family.parent(snapshot);
      BlockId above = parent == null ? originRoot() : parent.root();
      if (above != null) {
        others.add(above);
      }
      List<List<BlockId>> levels = parts.tree().onlyIn(snapshot.root(), others);
      retirement.add(levels, () -> remove(snapshot));
    } catch (MetadataException | RuntimeException e) {
      freeing.remove(snapshot.created());
      throw e;
    } finally {
      retirement.unpin();
    }
  }

  /** Its nodes are gone: the row may go. */
  private void remove(Snapshot snapshot) {
    try {
      store.remove(fence, snapshot.created());
      doubtful.remove(snapshot.created());
    } catch (MetadataException e) {
      log.warn("the row of {} stays until the next sweep: {}", snapshot, e.getMessage());
    }
    freeing.remove(snapshot.created());
  }

  /**
   * Makes the project what it was. The next commit is that, whole; a crash leaves the project as it
   * was before or after. Operations that begin meanwhile wait; the caller keeps those away that
   * have looked at the project already, and tells its caches afterwards.
   *
   * @param beforeName for the snapshot of what is there now
   * @throws MetadataException.Unavailable if the store does not answer before the change began; the
   *     project stays as it is
   */
  public RolledBack rollBack(Instant created, String beforeName, String comment, Instant now)
      throws MetadataException {
    changing.lock();
    try {
      Snapshot target = family().find(created);
      if (target == null || target.isDeleting()) {
        return new RolledBack.Unknown();
      }
      CountersItem counters = counters(target.root());
      groups.freeze();
      Optional<Snapshot> before = create(beforeName, Snapshot.Kind.BEFORE_RESTORE, comment, now);
      if (before.isEmpty()) {
        return new RolledBack.NameTaken(beforeName);
      }
      Family family = family();
      groups.rollBack(
          new RollBack(
              target.root(),
              counters,
              txg -> lineageItem(family.rolledBack(target, txg)),
              txg -> retirement.keepFor(family.rolledBack(target, txg).ancestorTxgs())));
      return new RolledBack.Done(before.get());
    } finally {
      groups.thaw();
      changing.unlock();
    }
  }

  /**
   * Puts a tree in the place of the live one that it was made of, and keeps it as a snapshot. The
   * next commit is that, whole; a crash leaves the project as it was before, or as it shall be,
   * perhaps without the snapshot. For the caller's part see {@link #rollBack}.
   *
   * @param name of the snapshot
   * @param now see {@link #create}
   * @throws MetadataException.Unavailable if the store does not answer: whether it happened, the
   *     live tree's RECEIVED item tells
   */
  public Advanced advance(Advance to, String name, String comment, Instant now)
      throws MetadataException {
    changing.lock();
    try {
      Family family = family();
      if (family.hasName(name)) {
        return new Advanced.NameTaken(name);
      }
      groups.freeze();
      if (!groups.state().root().equals(to.from()) || family.latestTxg() >= to.birthTxg()) {
        return new Advanced.Changed();
      }
      groups.rollBack(
          new RollBack(
              to.root(),
              to.counters(),
              txg -> new Change(Keys.received(), to.received(project, txg).encode()),
              txg -> retirement.add(txg, to.replaced())));
      return new Advanced.Done(
          create(name, Snapshot.Kind.MANUAL, comment, now)
              .orElseThrow(() -> new IllegalStateException("somebody else made " + name)));
    } finally {
      groups.thaw();
      changing.unlock();
    }
  }

  private Change lineageItem(Family family) {
    return new Change(Keys.lineage(), new LineageItem(project, family.lineage()).encode());
  }

  /** The snapshots as they are in the store. */
  private Family family() throws MetadataException {
    if (!doubtful.isEmpty()) {
      store.open(fence); // from here on an attempt whose answer was lost cannot happen any more
    }
    var all = new TreeMap<Instant, Snapshot>(doubtful);
    for (Snapshot snapshot : store.listAll(project)) {
      doubtful.remove(snapshot.created());
      all.put(snapshot.created(), snapshot);
    }
    var freed = new ArrayList<Snapshot>();
    all.values().removeIf(snapshot -> freeing.contains(snapshot.created()) && freed.add(snapshot));
    count.set((int) all.values().stream().filter(snapshot -> !snapshot.isDeleting()).count());
    Groups.State state = groups.state();
    return new Family(
        List.copyOf(all.values()), freed, lineage(state.root()), state.committedTxg());
  }

  private CountersItem counters(BlockId root) throws MetadataException {
    byte[] value = parts.tree().get(root, Keys.counters());
    if (value == null) {
      throw new MetadataException.Corrupt("the tree of project " + project + " has no counters");
    }
    return CountersItem.decode(value);
  }

  private Lineage lineage(BlockId root) throws MetadataException {
    byte[] value = parts.tree().get(root, Keys.lineage());
    LineageItem item = value == null ? null : LineageItem.decode(value);
    return item == null || !item.project().equals(project) ? Lineage.STRAIGHT : item.lineage();
  }

  /** The tree that the project began with, if it is a clone. */
  private @Nullable BlockId originRoot() throws MetadataException {
    byte[] value = parts.tree().get(groups.state().root(), Keys.origin());
    return value == null ? null : OriginItem.decode(value).root();
  }
}
