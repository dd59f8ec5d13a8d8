package org.salvusfs.metadata.tree;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The nodes of some trees that others do not have, from the top down, one level at a time. Equal
 * nodes are of the same level, and what is below a shared node is shared: so on each level only
 * those are opened that the other side has not got, and leaves are never read.
 */
final class OnlyIn {
  private final ProjectId project;
  private final NodeSource nodes;

  /** Ids of one level that are left after everything shared was taken out, and those below. */
  private static final class Side {
    private final List<Node> tops = new ArrayList<>();
    private final List<BlockId> topIds = new ArrayList<>();
    private Set<BlockId> level = new HashSet<>();

    void addTop(BlockId id, Node node) {
      topIds.add(id);
      tops.add(node);
    }

    int height() {
      return tops.stream().mapToInt(Node::level).max().orElse(-1);
    }

    /** The level of the lowest top. */
    int lowest() {
      return tops.stream().mapToInt(Node::level).min().orElse(-1);
    }

    /** Adds the tops of a level to what was found below the level above. */
    Set<BlockId> at(int height) {
      for (int i = 0; i < tops.size(); i++) {
        if (tops.get(i).level() == height) {
          level.add(topIds.get(i));
        }
      }
      return level;
    }
  }

  OnlyIn(ProjectId project, NodeSource nodes) {
    this.project = project;
    this.nodes = nodes;
  }

  /**
   * The nodes by level, leaves first.
   *
   * @param roots those that are not there are left out
   * @param others trees of any project
   */
  List<List<BlockId>> run(List<BlockId> roots, List<BlockId> others) throws MetadataException {
    var mine = new Side();
    for (BlockId root : roots) {
      addTop(mine, root);
    }
    if (mine.tops.isEmpty()) {
      return List.of();
    }
    var theirs = new Side();
    for (BlockId other : others) {
      theirs.addTop(other, nodes.load(other));
    }
    var levels = new ArrayList<List<BlockId>>();
    for (int height = Math.max(mine.height(), theirs.height()); height >= 0; height--) {
      var onlyMine = new HashSet<>(mine.at(height));
      var onlyTheirs = new HashSet<>(theirs.at(height));
      onlyMine.removeAll(theirs.level);
      onlyTheirs.removeAll(mine.level);
      if (onlyMine.isEmpty() && height <= mine.lowest()) {
        break;
      }
      theirs.level = height == 0 ? Set.of() : below(onlyTheirs);
      mine.level = height == 0 ? Set.of() : belowOwn(onlyMine);
      if (height <= mine.height()) {
        levels.addFirst(List.copyOf(onlyMine));
      }
    }
    return leavesFirst(levels, mine.height());
  }

  /** A root that is not there was freed before. */
  private void addTop(Side side, BlockId root) throws MetadataException {
    Node top;
    try {
      top = nodes.load(root);
    } catch (MetadataException.Missing freedBefore) {
      return;
    }
    side.addTop(root, top);
  }

  /** Puts empty levels where the walk ended early. */
  private static List<List<BlockId>> leavesFirst(List<List<BlockId>> levels, int height) {
    while (levels.size() <= height) {
      levels.addFirst(List.of());
    }
    return levels;
  }

  private Set<BlockId> below(Set<BlockId> parents) throws MetadataException {
    var children = new HashSet<BlockId>();
    for (BlockId id : parents) {
      addChildren(nodes.load(id), children);
    }
    return children;
  }

  /**
   * Likewise, of the tree whose nodes are wanted. One that is not there was freed by an earlier
   * attempt, which had freed everything below it before.
   */
  private Set<BlockId> belowOwn(Set<BlockId> parents) throws MetadataException {
    var children = new HashSet<BlockId>();
    for (BlockId id : parents) {
      Node node;
      try {
        node = nodes.load(id);
      } catch (MetadataException.Missing freedBefore) {
        continue;
      }
      if (!node.project().equals(project)) {
        throw new MetadataException.Corrupt(
            "tree node " + id + " of project " + node.project() + " is not in the origin's tree");
      }
      addChildren(node, children);
    }
    return children;
  }

  private static void addChildren(Node node, Set<BlockId> to) {
    for (int i = 0; i < node.count(); i++) {
      to.add(node.child(i));
    }
  }
}
