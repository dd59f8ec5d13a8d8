package org.salvusfs.metadata.snapshot;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/**
 * Makes new projects from snapshots, in an order that keeps what is needed:
 *
 * <ol>
 *   <li>the snapshot's row notes the clone: from now on its nodes stay, whoever deletes it;
 *   <li>the clone's first nodes are stored, a path from its root to its ORIGIN item;
 *   <li>its head is written;
 *   <li>its name is claimed: from now on it is a project.
 * </ol>
 *
 * <p>A crash in between leaves a note of a clone that never came to be. The note names the maker's
 * incarnation; when that process is no more, and there is no such project, {@link #forgetStrays}
 * takes the note back. Thread-safe; blocks.
 */
public final class Clones {
  /** What became of {@link #create}. */
  public enum Outcome {
    CREATED,
    /** Another project has the name; nothing is left of the clone. */
    NAME_TAKEN,
    /** The snapshot was deleted meanwhile. */
    SNAPSHOT_GONE
  }

  private static final long FIRST_TXG = 0;

  private final SnapshotStore snapshots;
  private final NodeStore nodes;
  private final HeadStore heads;
  private final ProjectStore projects;
  private final HostStore hosts;

  public Clones(
      SnapshotStore snapshots,
      NodeStore nodes,
      HeadStore heads,
      ProjectStore projects,
      HostStore hosts) {
    this.snapshots = snapshots;
    this.nodes = nodes;
    this.heads = heads;
    this.projects = projects;
    this.hosts = hosts;
  }

  /**
   * Makes a project that begins as a snapshot. Costs the same whatever its size. After {@code
   * Unavailable}, repeating it with the same arguments finishes it.
   *
   * @param tree the new project's
   * @param clone the new project: a fresh id
   * @param maker this host's incarnation
   */
  public Outcome create(Snapshot of, Tree tree, Project clone, UUID maker)
      throws MetadataException {
    Project namesake = projects.find(clone.name());
    if (namesake != null && !namesake.id().equals(clone.id())) {
      return Outcome.NAME_TAKEN;
    }
    if (!snapshots.addClone(of.project(), of.created(), clone.id(), maker)) {
      return Outcome.SNAPSHOT_GONE;
    }
    return begin(of, tree, clone) ? Outcome.CREATED : Outcome.NAME_TAKEN;
  }

  /**
   * Likewise, of a snapshot whose row notes the clone already.
   *
   * @return false if another project has the name; nothing is left of the clone
   */
  public boolean begin(Snapshot of, Tree tree, Project clone) throws MetadataException {
    var origin = new OriginItem(of.project(), of.created(), of.root());
    var change = new Change(Keys.origin(), origin.encode());
    Update first = tree.adopt(of.project(), of.root(), FIRST_TXG, List.of(change).iterator());
    nodes.put(first.sealed());
    heads.create(clone.id(), first.root(), FIRST_TXG);
    if (projects.create(clone)) {
      return true;
    }
    nodes.delete(first.added().keySet());
    snapshots.removeClone(of.project(), of.created(), clone.id());
    return false;
  }

  /**
   * Forgets clones of a project's snapshots that never came to be and whose makers are no more. A
   * maker is no more when no host's row names its incarnation: when its host was started again.
   */
  public void forgetStrays(ProjectId origin) throws MetadataException {
    Set<UUID> living = new HashSet<>();
    for (HostRow host : hosts.list()) {
      living.add(host.incarnation());
    }
    for (Snapshot snapshot : snapshots.listAll(origin)) {
      for (var noted : snapshot.clones().entrySet()) {
        // Only then: a maker that was there a moment ago may have finished.
        if (!living.contains(noted.getValue()) && projects.find(noted.getKey()) == null) {
          snapshots.removeClone(origin, snapshot.created(), noted.getKey());
        }
      }
    }
  }
}
