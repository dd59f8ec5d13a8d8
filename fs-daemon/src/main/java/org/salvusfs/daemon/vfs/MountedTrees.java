package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.Keys;

/**
 * What a mount has opened, by the ordinal that the nodes carry: projects, which stay, and
 * directories as of snapshots and what links show, which go when the kernel has forgotten all of
 * them. A directory as of a snapshot is a tree of its own for every directory that it was entered
 * from, because the kernel wants a directory to have one parent.
 *
 * <p>Thread-safe. The monitor guards the numbers, the directories of snapshots and links; nothing
 * blocks under it.
 */
final class MountedTrees {
  private static final class Slot {
    /** Held while the project is being opened. */
    final ReentrantLock opening = new ReentrantLock();

    volatile MountedTree.@Nullable Live mounted;
  }

  /** A snapshot of a project. */
  private record Kept(ProjectId project, Instant created) {}

  /** A directory of it. */
  private record Entered(Kept snapshot, long top) {}

  /** A directory of a project that is a link. */
  private record LinkPlace(ProjectId project, long at) {}

  private final ProjectOpener opener;
  private final LinkSource links;
  private final ConcurrentHashMap<ProjectId, Slot> slots = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, MountedTree> byOrdinal = new ConcurrentHashMap<>();
  private final Map<Entered, MountedTree.Past> entered = new HashMap<>();
  private final Map<LinkPlace, MountedTree.Linked> linked = new HashMap<>();

  /** Snapshots that may not be entered any more. */
  private final Set<Kept> gone = new HashSet<>();

  private int lastOrdinal;

  MountedTrees(ProjectOpener opener, LinkSource links) {
    this.opener = opener;
    this.links = links;
  }

  /** The project, opened if it is not yet. Others can be opened meanwhile. */
  MountedTree.Live open(Project project) throws IOException, InterruptedException {
    Slot slot = slots.computeIfAbsent(project.id(), id -> new Slot());
    MountedTree.Live known = slot.mounted;
    if (known != null) {
      return known;
    }
    slot.opening.lockInterruptibly();
    try {
      MountedTree.Live meanwhile = slot.mounted;
      if (meanwhile != null) {
        return meanwhile;
      }
      ProjectState unknown = ProjectState.unknown(project.id());
      ProjectFileSystem opened = opener.open(project, unknown);
      MountedTree.Live live;
      synchronized (this) {
        live = live(nextOrdinal(), opened, unknown);
      }
      slot.mounted = live;
      return live;
    } finally {
      slot.opening.unlock();
    }
  }

  private MountedTree.Live live(
      int ordinal, ProjectFileSystem fileSystem, ProjectState snapshotsKnown) {
    var live =
        new MountedTree.Live(
            ordinal, fileSystem, new SnapshotsDirectory(fileSystem, snapshotsKnown));
    byOrdinal.put(ordinal, live);
    return live;
  }

  /** One that was not in use for as long as possible, as the kernel may still name stale ones. */
  private int nextOrdinal() {
    if (byOrdinal.size() == Nodes.ORDINAL_MAX) {
      throw new IllegalStateException("a mount can show " + Nodes.ORDINAL_MAX + " trees at once");
    }
    do {
      lastOrdinal = lastOrdinal % Nodes.ORDINAL_MAX + 1;
    } while (byOrdinal.containsKey(lastOrdinal));
    return lastOrdinal;
  }

  /**
   * A directory as of a snapshot, counted as a lookup.
   *
   * @throws FsException ENOENT if the snapshot has no such directory, or has just gone
   */
  Attr enter(MountedTree.Live project, Snapshot snapshot, long top) throws FsException {
    var kept = new Kept(project.fileSystem().id(), snapshot.created());
    var key = new Entered(kept, top);
    var candidate =
        new SnapshotFileSystem(
            project.fileSystem(), snapshot, top, ProjectState.unknown(kept.project()));
    Attr attr = candidate.topAttr();
    synchronized (this) {
      if (gone.contains(kept)) {
        throw new FsException(Errno.ENOENT);
      }
      MountedTree.Past past = entered.get(key);
      if (past == null) {
        past = past(nextOrdinal(), project, kept, top, candidate);
      }
      past.fileSystem().entered();
      return Nodes.attr(past.ordinal(), attr);
    }
  }

  private MountedTree.Past past(
      int ordinal, MountedTree.Live project, Kept kept, long top, SnapshotFileSystem fileSystem) {
    var past = new MountedTree.Past(ordinal, project, kept.created(), top, fileSystem);
    entered.put(new Entered(kept, top), past);
    byOrdinal.put(ordinal, past);
    return past;
  }

  /**
   * What a link shows, counted as a lookup.
   *
   * @param at the directory that is the link
   * @throws FsException ESTALE if it is none any more
   */
  Attr enter(MountedTree.Live project, long at) throws FsException {
    var place = new LinkPlace(project.fileSystem().id(), at);
    MountedTree.Linked known;
    synchronized (this) {
      known = linked.get(place);
    }
    LinkedFileSystem candidate =
        known == null
            ? project.fileSystem().linked(at, links, null, ProjectState.unknown(place.project()))
            : known.fileSystem();
    Attr attr = candidate.topAttr();
    synchronized (this) {
      MountedTree.Linked shown = linked.get(place);
      if (shown == null) {
        shown = linked(nextOrdinal(), project, candidate);
      }
      shown.fileSystem().entered();
      return Nodes.attr(shown.ordinal(), attr);
    }
  }

  private MountedTree.Linked linked(
      int ordinal, MountedTree.Live project, LinkedFileSystem fileSystem) {
    var shown = new MountedTree.Linked(ordinal, project, fileSystem);
    linked.put(new LinkPlace(project.fileSystem().id(), fileSystem.at()), shown);
    byOrdinal.put(ordinal, shown);
    return shown;
  }

  /** Lets what a link shows go if the kernel has forgotten all of it. */
  void forgotten(MountedTree.Linked shown) {
    if (!shown.fileSystem().isUnused()) {
      return;
    }
    synchronized (this) {
      if (shown.fileSystem().isUnused()) {
        remove(shown);
      }
    }
  }

  private void remove(MountedTree.Linked shown) {
    if (byOrdinal.remove(shown.ordinal(), shown)) {
      linked.remove(new LinkPlace(shown.home().id(), shown.fileSystem().at()), shown);
    }
  }

  /** What links show at present. */
  synchronized List<MountedTree.Linked> links() {
    return List.copyOf(linked.values());
  }

  /** What the link of a project at a directory shows; null if the kernel knows nothing of it. */
  synchronized MountedTree.@Nullable Linked link(ProjectId project, long at) {
    return linked.get(new LinkPlace(project, at));
  }

  /**
   * What a link has shown is stale from now on.
   *
   * @return the nodes of it that the kernel knows
   */
  synchronized List<Long> leave(MountedTree.Linked shown) {
    remove(shown);
    return nodes(shown);
  }

  private static List<Long> nodes(MountedTree.Linked shown) {
    return shown.fileSystem().inUse().stream()
        .map(inode -> Nodes.node(shown.ordinal(), inode))
        .toList();
  }

  /** Lets a directory of a snapshot go if the kernel has forgotten all of it. */
  void forgotten(MountedTree.Past past) {
    if (!past.fileSystem().isUnused()) {
      return;
    }
    synchronized (this) {
      if (past.fileSystem().isUnused() && byOrdinal.remove(past.ordinal(), past)) {
        entered.remove(key(past));
      }
    }
  }

  private static Entered key(MountedTree.Past past) {
    return new Entered(new Kept(past.project().fileSystem().id(), past.created()), past.top());
  }

  /** A snapshot is being deleted: what the kernel knows of it is stale from now on. */
  synchronized void leave(ProjectId project, Instant created) {
    var kept = new Kept(project, created);
    gone.add(kept);
    entered
        .entrySet()
        .removeIf(
            each -> {
              boolean leaves = each.getKey().snapshot().equals(kept);
              if (leaves) {
                byOrdinal.remove(each.getValue().ordinal());
              }
              return leaves;
            });
  }

  /**
   * A project is not shown any more, nor are its snapshots and what its links show: waits for
   * operations under way.
   *
   * @return the nodes of it that the kernel knows, which are stale from now on
   */
  List<Long> leave(ProjectId project) throws InterruptedException {
    MountedTree.Live live = ifOpen(project);
    if (live == null) {
      return List.of();
    }
    live.fileSystem().end();
    var nodes = new ArrayList<Long>();
    live.fileSystem().inUse().forEach(inode -> nodes.add(Nodes.node(live.ordinal(), inode)));
    nodes.add(Nodes.node(live.ordinal(), Keys.ROOT_INODE));
    live.snapshots().inUse().forEach(inode -> nodes.add(Nodes.node(live.ordinal(), inode)));
    synchronized (this) {
      byOrdinal.remove(live.ordinal());
      entered
          .values()
          .removeIf(
              past -> {
                boolean leaves = past.project().equals(live);
                if (leaves) {
                  byOrdinal.remove(past.ordinal());
                  past.fileSystem()
                      .inUse()
                      .forEach(inode -> nodes.add(Nodes.node(past.ordinal(), inode)));
                }
                return leaves;
              });
      for (MountedTree.Linked shown : List.copyOf(linked.values())) {
        if (shown.project().equals(live)) {
          remove(shown);
          nodes.addAll(nodes(shown));
        }
      }
      slots.remove(project);
    }
    return nodes;
  }

  /** The tree with that ordinal, or null if there is none. */
  @Nullable MountedTree at(int ordinal) {
    return byOrdinal.get(ordinal);
  }

  /** A project that is open, or null. */
  MountedTree.@Nullable Live ifOpen(ProjectId project) {
    Slot slot = slots.get(project);
    return slot == null ? null : slot.mounted;
  }

  /** All projects that are open. */
  List<MountedTree.Live> projects() {
    return byOrdinal.values().stream()
        .filter(MountedTree.Live.class::isInstance)
        .map(MountedTree.Live.class::cast)
        .toList();
  }

  /** What the kernel knows of all trees; while there is no operation. */
  synchronized List<MountState.Tree> state() {
    var state = new ArrayList<MountState.Tree>();
    for (MountedTree each : byOrdinal.values()) {
      state.add(
          switch (each) {
            case MountedTree.Live live ->
                new MountState.Live(
                    live.ordinal(), live.fileSystem().state(), live.snapshots().state());
            case MountedTree.Linked shown ->
                new MountState.Linked(
                    shown.ordinal(),
                    shown.fileSystem().at(),
                    shown.fileSystem().told(),
                    shown.fileSystem().state());
            case MountedTree.Past past ->
                new MountState.Past(
                    past.ordinal(), past.created(), past.top(), past.fileSystem().state());
          });
    }
    state.sort(Comparator.comparingInt(MountState.Tree::ordinal));
    return state;
  }

  /**
   * Opens a project of a mount that is taken over; called for each before the first operation, and
   * before {@link #restore(MountState.Past)}.
   */
  void restore(Project project, MountState.Live known) throws IOException {
    ProjectFileSystem opened = opener.open(project, known.project());
    var slot = new Slot();
    synchronized (this) {
      slot.mounted = live(known.ordinal(), opened, known.snapshots());
      lastOrdinal = Math.max(lastOrdinal, known.ordinal());
    }
    slots.put(project.id(), slot);
  }

  /** Shows what a link shows again, unless there is no link any more. */
  void restore(MountState.Linked known) throws IOException {
    ProjectId id = known.known().project();
    MountedTree.Live project = ifOpen(id);
    if (project == null) {
      throw new IOException("a link in project " + id + " is in use, but not the project");
    }
    LinkedFileSystem again = null;
    try {
      again = project.fileSystem().linked(known.at(), links, known.told(), known.known());
    } catch (FsException e) {
      if (e.errno() != Errno.ESTALE) {
        throw new IOException("a link in project " + id + " cannot be shown again", e);
      }
    }
    synchronized (this) {
      lastOrdinal = Math.max(lastOrdinal, known.ordinal());
      if (again != null) {
        linked(known.ordinal(), project, again);
      }
    }
  }

  /** Shows a directory of a snapshot again, unless the snapshot has gone. */
  void restore(MountState.Past known) throws IOException {
    ProjectId id = known.known().project();
    MountedTree.Live project = ifOpen(id);
    if (project == null) {
      throw new IOException("a snapshot of project " + id + " is in use, but not the project");
    }
    Snapshot snapshot = null;
    for (Snapshot each : project.fileSystem().snapshots().list()) {
      if (each.created().equals(known.created())) {
        snapshot = each;
      }
    }
    synchronized (this) {
      lastOrdinal = Math.max(lastOrdinal, known.ordinal());
      if (snapshot != null) {
        var fileSystem =
            new SnapshotFileSystem(project.fileSystem(), snapshot, known.top(), known.known());
        past(known.ordinal(), project, new Kept(id, known.created()), known.top(), fileSystem);
      }
    }
  }
}
