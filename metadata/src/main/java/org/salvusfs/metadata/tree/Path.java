package org.salvusfs.metadata.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** The nodes from a root to the leaf that covers a key, for keys that ascend. Of one thread. */
final class Path {
  /**
   * One node of the path.
   *
   * @param end the least key right of it, null if there is none
   */
  private record Step(BlockId id, Node node, @Nullable Key end) {
    boolean covers(Key key) {
      return end == null || key.compareTo(end) < 0;
    }
  }

  private final Tree tree;

  /** From the root downwards. */
  private final List<Step> steps = new ArrayList<>();

  Path(Tree tree, BlockId rootId, Node root) {
    this.tree = tree;
    steps.add(new Step(rootId, root, null));
  }

  /** The only leaf that can hold the key, which is not less than the one asked for before. */
  Node leafFor(Key key) throws MetadataException {
    while (!steps.getLast().covers(key)) {
      steps.removeLast();
    }
    Step step = steps.getLast();
    while (!step.node().isLeaf()) {
      Node node = step.node();
      int index = node.childFor(key.bytes());
      Key end = index + 1 < node.count() ? node.key(index + 1) : step.end();
      step = new Step(node.child(index), tree.child(node, index), end);
      steps.add(step);
    }
    return step.node();
  }

  /** A node of the path, or null if it is not on it. */
  @Nullable Node find(BlockId id) {
    for (Step step : steps) {
      if (step.id().equals(id)) {
        return step.node();
      }
    }
    return null;
  }
}
