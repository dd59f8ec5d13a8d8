package org.salvusfs.metadata.tree;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** Checks what package-info promises of every tree. */
final class TreeInvariants {
  private final Tree tree;
  private final NodeLimits limits;
  private final Set<BlockId> reached = new HashSet<>();
  private long leaves;
  private long leafBytes;
  private @Nullable Key last;

  private TreeInvariants(Tree tree, NodeLimits limits) {
    this.tree = tree;
    this.limits = limits;
  }

  /** Checks a tree and returns what was found on the way. */
  static TreeInvariants check(Tree tree, BlockId root, NodeLimits limits) throws MetadataException {
    var check = new TreeInvariants(tree, limits);
    Node node = tree.root(root);
    require(node.isLeaf() || node.count() >= 2, root, "an inner root with one child");
    check.visit(root, node, true);
    return check;
  }

  /** Ids of all nodes. */
  Set<BlockId> reached() {
    return reached;
  }

  /** Encoded length of the average leaf. */
  double leafBytesMean() {
    return (double) leafBytes / leaves;
  }

  private void visit(BlockId id, Node node, boolean isRoot) throws MetadataException {
    require(reached.add(id), id, "reached twice");
    var items = new Items(node.level());
    items.addAll(node, 0, node.count());
    int count = node.count();
    require(items.encodedBytes() == node.encodedBytes(), id, "wrong encoded length");
    require(
        isRoot || !items.isUnderfull(0, count, limits),
        id,
        "underfull: " + node.encodedBytes() + " bytes, " + count + " items");
    if (node.encodedBytes() > limits.bytesMax()) {
      for (int cut = 1; cut < count; cut++) {
        require(
            items.isUnderfull(0, cut, limits) || items.isUnderfull(cut, count, limits),
            id,
            "could be cut at " + cut + ": " + node.encodedBytes() + " bytes");
      }
    }
    if (node.isLeaf()) {
      visitLeaf(id, node);
    } else {
      for (int i = 0; i < count; i++) {
        Node child = tree.child(node, i);
        require(node.key(i).equals(child.key(0)), id, "item " + i + " is not the least key below");
        visit(node.child(i), child, false);
      }
    }
  }

  private void visitLeaf(BlockId id, Node leaf) {
    for (int i = 0; i < leaf.count(); i++) {
      Key key = leaf.key(i);
      require(last == null || last.compareTo(key) < 0, id, "keys do not ascend");
      last = key;
    }
    leaves++;
    leafBytes += leaf.encodedBytes();
  }

  private static void require(boolean holds, BlockId id, String otherwise) {
    if (!holds) {
      throw new AssertionError("node " + id + ": " + otherwise);
    }
  }
}
