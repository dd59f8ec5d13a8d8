package org.salvusfs.metadata.tree;

import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** A scan: holds one node per level. */
final class TreeCursor implements Cursor {
  private final Tree tree;
  private final @Nullable Key to;
  private final @Nullable Node[] nodes;
  private final int[] indexes;
  private @Nullable Key key;
  private boolean ended;

  TreeCursor(Tree tree, BlockId root, Key from, @Nullable Key to) throws MetadataException {
    this.tree = tree;
    this.to = to;
    Node top = tree.root(root);
    nodes = new @Nullable Node[top.level() + 1];
    indexes = new int[top.level() + 1];
    Node node = top;
    nodes[node.level()] = node;
    while (!node.isLeaf()) {
      int index = node.childFor(from.bytes());
      indexes[node.level()] = index;
      node = tree.child(node, index);
      nodes[node.level()] = node;
    }
    indexes[0] = node.ceiling(from.bytes()) - 1;
  }

  @Override
  public boolean next() throws MetadataException {
    if (ended) {
      return false;
    }
    indexes[0]++;
    key = null;
    if (indexes[0] >= node(0).count() && !nextLeaf()) {
      ended = true;
    } else if (to != null && node(0).compareKey(indexes[0], to.bytes()) >= 0) {
      ended = true;
    }
    return !ended;
  }

  private boolean nextLeaf() throws MetadataException {
    int level = 1;
    while (level < nodes.length && indexes[level] + 1 >= node(level).count()) {
      level++;
    }
    if (level >= nodes.length) {
      return false;
    }
    indexes[level]++;
    for (; level > 0; level--) {
      nodes[level - 1] = tree.child(node(level), indexes[level]);
      indexes[level - 1] = 0;
    }
    return true;
  }

  @Override
  public Key key() {
    if (key == null) {
      key = node(0).key(indexes[0]);
    }
    return key;
  }

  @Override
  public byte[] value() {
    return node(0).value(indexes[0]);
  }

  private Node node(int level) {
    Node node = nodes[level];
    if (node == null) {
      throw new IllegalStateException("no node at level " + level);
    }
    return node;
  }
}
