package org.salvusfs.metadata.snapshot;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.tree.Tree;

/**
 * Removes a project for good. It is in state PURGING: nobody opens it, its log is empty, and it
 * cannot come back. The steps, each of which may be repeated, and is by the next attempt after one
 * that was broken off:
 *
 * <ol>
 *   <li>its name is free;
 *   <li>if it has a key of its own, that is destroyed: from now on only a process that has the key
 *       in memory can read what is left, and the following steps are this one's. Whoever finds the
 *       key gone deletes all nodes that say that they are sealed under it, without reading them,
 *       and goes on with the last step. Such a project has no clones, and is none;
 *   <li>all its snapshots are marked as being deleted, holds or not;
 *   <li>its nodes are deleted, leaves first, but for those that snapshots with clones have, and
 *       those on the way to the ORIGIN item;
 *   <li>the rows of the other snapshots go. If clones are left, this is all for now: what is left
 *       of the project is what they need, and the purge of the last of them lets it go on;
 *   <li>if it is a clone itself, its origin forgets it. Only now, because until now it was to be
 *       told which nodes are the origin's;
 *   <li>the rest of the nodes, its events, its head, its row.
 * </ol>
 *
 * <p>Chunks are not deleted here: what no project refers to is collected. Thread-safe, one purge of
 * a project at a time; blocks. Holds the ids of the project's nodes in memory.
 */
public final class Purge {
  /** What became of a project. */
  public enum Outcome {
    GONE,
    /** Clones need what is left. */
    KEPT_FOR_CLONES
  }

  private final SnapshotStore snapshots;
  private final NodeStore nodes;
  private final HeadStore heads;
  private final ProjectStore projects;
  private final EventLog events;
  private final ProjectKeyStore keys;

  public Purge(
      SnapshotStore snapshots,
      NodeStore nodes,
      HeadStore heads,
      ProjectStore projects,
      EventLog events,
      ProjectKeyStore keys) {
    this.snapshots = snapshots;
    this.nodes = nodes;
    this.heads = heads;
    this.projects = projects;
    this.events = events;
    this.keys = keys;
  }

  /**
   * Whether an earlier attempt did all that can be done while clones are there: nothing needs to be
   * acquired to find out.
   */
  public boolean waitsForClones(ProjectId project) throws MetadataException {
    List<Snapshot> left = snapshots.listAll(project);
    return !left.isEmpty()
        && left.stream().allMatch(each -> each.isDeleting() && !each.clones().isEmpty());
  }

  /**
   * Goes through all steps.
   *
   * @param fence of this process, which has acquired the project; null if there is no head any more
   * @param tree the project's, over nodes as they are stored: a cache may have some that are gone.
   *     If it has a key of its own that is not destroyed yet, it is in this process's memory
   * @param today in UTC
   * @throws MetadataException.Unavailable if a store does not answer: repeat it
   */
  public Outcome run(Project project, @Nullable Fence fence, Tree tree, LocalDate today)
      throws MetadataException {
    projects.freeName(project);
    boolean isShredded = project.ownKey() && keys.find(project.id()) == null;
    if (project.ownKey()) {
      keys.destroy(project.id());
    }
    Head head = heads.read(project.id());
    if (isShredded) {
      nodes.deleteSealedFor(project.id());
    } else if (head != null && fence != null && !freed(project.id(), fence, head.root(), tree)) {
      return Outcome.KEPT_FOR_CLONES;
    }
    events.forget(project.id(), LocalDate.ofInstant(project.created(), ZoneOffset.UTC), today);
    snapshots.forget(project.id());
    heads.remove(project.id());
    projects.remove(project.id());
    return Outcome.GONE;
  }

  /** Frees nodes and snapshots; false if clones need some of them. */
  private boolean freed(ProjectId project, Fence fence, BlockId root, Tree tree)
      throws MetadataException {
    List<BlockId> way = tree.path(root, Keys.origin());
    Origin origin = origin(project, root, tree);
    if (!origin.isForgotten()) {
      snapshots.open(fence);
      markAll(project);
      if (!freedBut(way, project, fence, root, origin, tree)) {
        return false;
      }
      OriginItem item = origin.item();
      if (item != null) {
        snapshots.removeClone(item.project(), item.created(), project);
      }
    }
    for (BlockId id : way.reversed()) {
      nodes.delete(List.of(id));
    }
    return true;
  }

  private boolean freedBut(
      List<BlockId> way, ProjectId project, Fence fence, BlockId root, Origin origin, Tree tree)
      throws MetadataException {
    var unneeded = new ArrayList<Snapshot>();
    var own = new ArrayList<BlockId>();
    var others = new ArrayList<BlockId>();
    own.add(root);
    for (Snapshot each : snapshots.listAll(project)) {
      if (each.clones().isEmpty()) {
        unneeded.add(each);
        own.add(each.root());
      } else {
        others.add(each.root());
      }
    }
    boolean isNeeded = !others.isEmpty();
    OriginItem item = origin.item();
    if (item != null) {
      others.add(item.root());
    }
    for (List<BlockId> level : tree.onlyIn(own, others)) {
      var ids = new HashSet<>(level);
      way.forEach(ids::remove);
      nodes.delete(List.copyOf(ids));
    }
    for (Snapshot each : unneeded) {
      snapshots.remove(fence, each.created());
    }
    return !isNeeded;
  }

  private void markAll(ProjectId project) throws MetadataException {
    for (Snapshot each : snapshots.list(project)) {
      for (String tag : each.holds()) {
        snapshots.release(project, each.created(), tag);
      }
      if (snapshots.delete(project, each.created()) == SnapshotStore.Deletion.HELD) {
        throw new MetadataException.Unavailable(
            "somebody holds snapshot " + each.name() + " again; try again");
      }
    }
  }

  /**
   * What the project began with.
   *
   * @param item null: it is no clone
   * @param isForgotten whether an earlier attempt came so far that only the way to the item is left
   *     of the project's nodes. What hangs on that way may be the origin's, and cannot be told
   *     apart any more.
   */
  private record Origin(@Nullable OriginItem item, boolean isForgotten) {}

  private Origin origin(ProjectId project, BlockId root, Tree tree) throws MetadataException {
    byte[] value;
    try {
      value = tree.get(root, Keys.origin());
    } catch (MetadataException.Missing gone) {
      return new Origin(null, true);
    }
    if (value == null) {
      return new Origin(null, false);
    }
    OriginItem item = OriginItem.decode(value);
    boolean isNoted =
        snapshots.listAll(item.project()).stream()
            .filter(each -> each.created().equals(item.created()))
            .anyMatch(each -> each.clones().containsKey(project));
    return new Origin(item, !isNoted);
  }
}
