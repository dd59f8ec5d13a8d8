package org.salvusfs.metadata.tree;

import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** Visits every node of a tree and goes on behind those that are damaged. */
final class TreeWalk {
  private final Tree tree;
  private final NodeVisitor visitor;

  TreeWalk(Tree tree, NodeVisitor visitor) {
    this.tree = tree;
    this.visitor = visitor;
  }

  void run(BlockId root) throws MetadataException {
    Node node;
    try {
      node = tree.root(root);
    } catch (MetadataException.Missing | MetadataException.Corrupt e) {
      visitor.damaged(root, e);
      return;
    }
    if (visitor.enter(root, node.level())) {
      visit(root, node, null);
    }
  }

  /** Visits a node and what is below it; all keys are less than {@code end}. */
  private void visit(BlockId id, Node node, @Nullable Key end) throws MetadataException {
    visitor.node(id, node);
    if (node.isLeaf()) {
      return;
    }
    for (int i = 0; i < node.count(); i++) {
      BlockId childId = node.child(i);
      if (visitor.enter(childId, node.level() - 1)) {
        Key childEnd = i + 1 < node.count() ? node.key(i + 1) : end;
        Node child = read(node, i, childEnd);
        if (child != null) {
          visit(childId, child, childEnd);
        }
      }
    }
  }

  private @Nullable Node read(Node parent, int index, @Nullable Key end) throws MetadataException {
    BlockId id = parent.child(index);
    try {
      Node child = tree.child(parent, index);
      Key least = parent.key(index);
      if (child.count() == 0 || !child.key(0).equals(least)) {
        throw new MetadataException.Corrupt(
            "tree node " + id + " does not begin with the key " + least + " of its parent's item");
      }
      if (end != null && child.compareKey(child.count() - 1, end.bytes()) >= 0) {
        throw new MetadataException.Corrupt(
            "tree node " + id + " has keys that belong right of it, from " + end);
      }
      return child;
    } catch (MetadataException.Missing | MetadataException.Corrupt e) {
      visitor.damaged(id, e);
      return null;
    }
  }
}
