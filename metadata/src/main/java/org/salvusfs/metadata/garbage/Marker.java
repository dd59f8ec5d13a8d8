package org.salvusfs.metadata.garbage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Marks;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeSource;
import org.salvusfs.metadata.tree.NodeVisitor;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.LoggedChunks;
import org.salvusfs.metadata.txg.Transactions;

/**
 * Marks every chunk that a live tree, a snapshot that may be used, or an intent log refers to, in
 * all projects of the cluster. A node is immutable, so one that was walked wholly is not read again
 * in the same collection, whichever tree it is met in; but for inner nodes that a further project
 * has, which {@link SpaceCount} wants to see.
 *
 * <p>Projects change while they are walked. Of each the list of snapshots is read, then the logs,
 * then the head; the trees are walked, and the list is read once more: if there is a snapshot that
 * was not walked, or if a node was gone because its tree was replaced meanwhile, everything is read
 * again; what is walked already costs nothing. So what a project refers to is met in one of its
 * trees, even if it moves from the live tree to a snapshot under the walker's feet.
 *
 * <p>A project that is damaged cannot be marked, and then nothing may be swept: the pass fails. One
 * thread uses a marker.
 */
public final class Marker {
  /** How often a project is read again because it changed. */
  private static final int ATTEMPTS_MAX = 20;

  /** About 128 MiB; some 100 million files. */
  private static final int NODES_REMEMBERED_MAX = 4 << 20;

  /**
   * Where references are.
   *
   * @param projects all there are, those in the trash too
   * @param nodes as they are stored, not over a cache
   * @param logs of a project, to be looked at: all homes that its records may be in
   * @param captured reads contents in log records
   */
  public record Sources(
      ProjectStore projects,
      HeadStore heads,
      SnapshotStore snapshots,
      NodeSource nodes,
      BlockCodec codec,
      OpenProjects open,
      Function<ProjectId, List<IntentLog>> logs,
      LoggedChunks.Captured captured) {}

  private final Sources sources;
  private final Marks marks;
  private final MarkProgress progress;
  private final SpaceCount space;
  private final IdSet walked = new IdSet(NODES_REMEMBERED_MAX);
  private Set<ProjectId> listed = Set.of();
  private long nodes;
  private int projectsDone;

  /**
   * A marker for one collection.
   *
   * @param space meets what is walked
   */
  Marker(Sources sources, Marks marks, MarkProgress progress, SpaceCount space) {
    this.sources = sources;
    this.marks = marks;
    this.progress = progress;
    this.space = space;
  }

  /**
   * Marks what is referred to now.
   *
   * @throws MetadataException.Missing if a node that a project needs is not there
   * @throws MetadataException.Corrupt if a node, item or log record is damaged
   * @throws MetadataException.Unavailable if the store did not answer, or a project changed all the
   *     time
   */
  void pass() throws MetadataException {
    List<Project> all = sources.projects().list();
    listed = all.stream().map(Project::id).collect(Collectors.toSet());
    projectsDone = 0;
    for (Project project : all) {
      space.begin(project.id());
      mark(project);
      projectsDone++;
      progress.at(nodes, projectsDone, listed.size());
    }
  }

  private void mark(Project project) throws MetadataException {
    MetadataException.@Nullable Missing gone = null;
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      List<Snapshot> before = sources.snapshots().listAll(project.id());
      try {
        markTrees(project.id(), before);
        gone = null;
      } catch (MetadataException.Missing e) {
        gone = e;
      }
      if (gone == null && !isAnyNew(before, sources.snapshots().listAll(project.id()))) {
        return;
      }
    }
    throw gone != null
        ? gone
        : new MetadataException.Unavailable(
            "the snapshots of project " + project.name() + " changed each time they were read");
  }

  private static boolean isAnyNew(List<Snapshot> before, List<Snapshot> after) {
    Set<Instant> known = new HashSet<>();
    before.forEach(snapshot -> known.add(snapshot.created()));
    return after.stream().anyMatch(snapshot -> !known.contains(snapshot.created()));
  }

  private void markTrees(ProjectId project, List<Snapshot> snapshots) throws MetadataException {
    var tree = new Tree(project, sources.codec(), sources.nodes());
    space.live(true);
    try (Transactions.Pin pin = sources.open().pin(project)) {
      if (pin != null) {
        walk(tree, pin.root());
      } else {
        markUnopened(project, tree);
      }
    }
    space.live(false);
    for (Snapshot snapshot : snapshots) {
      if (isNeeded(snapshot)) {
        walk(tree, snapshot.root());
      }
    }
  }

  /** One that is being deleted is nobody's, unless a clone of it is still being made. */
  private boolean isNeeded(Snapshot snapshot) {
    return !snapshot.isDeleting() || !listed.containsAll(snapshot.clones().keySet());
  }

  /** The log before the head: what is retired from the one in between is in the other. */
  private void markUnopened(ProjectId project, Tree tree) throws MetadataException {
    Head before = sources.heads().read(project);
    if (before == null) {
      return; // it was never finished
    }
    for (IntentLog log : sources.logs().apply(project)) {
      for (IntentLog.Entry record : log.peek(before.txg())) {
        LoggedChunks.visit(record, sources.captured(), marks::add);
      }
    }
    Head head = sources.heads().read(project);
    if (head != null) {
      walk(tree, head.root());
    }
  }

  private void walk(Tree tree, BlockId root) throws MetadataException {
    if (walked.contains(root) && space.knows(root)) {
      return;
    }
    var inner = new ArrayList<BlockId>();
    tree.walk(
        root,
        new NodeVisitor() {
          @Override
          public boolean enter(BlockId id, int level) {
            return !walked.contains(id) || space.wants(id, level);
          }

          @Override
          public void node(BlockId id, Node node) throws MetadataException {
            nodes++;
            progress.at(nodes, projectsDone, listed.size());
            if (node.isLeaf()) {
              space.leaf(id, markLeaf(node));
              walked.add(id);
            } else {
              space.inner(id);
              inner.add(id);
            }
          }

          @Override
          public void damaged(BlockId id, MetadataException why) throws MetadataException {
            throw why;
          }
        });
    // Not before everything below them was.
    inner.forEach(walked::add);
  }

  /** Returns the chunks that the leaf refers to. */
  private List<BlockId> markLeaf(Node leaf) throws MetadataException {
    var chunks = new ArrayList<BlockId>();
    for (int i = 0; i < leaf.count(); i++) {
      if (leaf.key(i).kind() == Keys.EXTENT) {
        chunks.add(ExtentItem.decode(leaf.value(i)).chunk());
      }
    }
    chunks.forEach(marks::add);
    return chunks;
  }
}
