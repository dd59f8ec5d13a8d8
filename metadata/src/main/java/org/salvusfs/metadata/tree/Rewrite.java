package org.salvusfs.metadata.tree;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * One application of sorted changes to a tree: a single pass from left to right over the nodes that
 * change.
 *
 * <p>The old tree is read as a stream of items and of subtrees that stay, and the new one is
 * written by one {@link LevelWriter} per level, like a bulk load: a finished node becomes an item
 * of the level above. A subtree without changes goes over whole, as one item, unless something
 * underfull is pending below or at its level: then its left edge is opened and merges with that. If
 * something underfull is left at the right end, the last node before it is taken back. So every
 * change costs the nodes it lies in, however many changes share them, and memory holds only new
 * nodes.
 */
final class Rewrite {
  private final Tree tree;
  private final ProjectId project;
  private final BlockCodec codec;
  private final NodeLimits limits;
  private final long birthTxg;
  private final BlockId oldRoot;
  private final Node oldRootNode;
  private final Path path;
  private final EffectiveChanges changes;
  private final List<LevelWriter> writers = new ArrayList<>();
  private final Map<BlockId, NewNode> added = new LinkedHashMap<>();
  private final List<Replaced> replaced = new ArrayList<>();

  Rewrite(
      Tree tree,
      ProjectId project,
      BlockCodec codec,
      NodeLimits limits,
      BlockId root,
      long birthTxg,
      Iterator<Change> changes)
      throws MetadataException {
    this.tree = tree;
    this.project = project;
    this.codec = codec;
    this.limits = limits;
    this.birthTxg = birthTxg;
    this.oldRoot = root;
    this.oldRootNode = tree.root(root);
    this.path = new Path(tree, root, oldRootNode);
    this.changes = new EffectiveChanges(changes, path);
  }

  Update run() throws MetadataException {
    if (!changes.hasNext()) {
      return new Update(oldRoot, Map.of(), List.of());
    }
    descend(oldRoot, oldRootNode, null);
    BlockId root = finish();
    replaced.removeIf(node -> added.containsKey(node.id()));
    return new Update(root, added, replaced);
  }

  /** Rewrites a node in whose range, which ends before {@code end}, a change lies. */
  private void descend(BlockId id, Node node, @Nullable Key end) throws MetadataException {
    replaced.add(replaced(id, node));
    if (node.isLeaf()) {
      mergeLeaf(node, end);
    } else {
      for (int i = 0; i < node.count(); i++) {
        Key childEnd = i + 1 < node.count() ? node.key(i + 1) : end;
        if (changes.hasNextBelow(childEnd)) {
          descend(node.child(i), child(node, i), childEnd);
        } else {
          keep(node, i);
        }
      }
    }
    writer(node.level()).boundary();
  }

  private void mergeLeaf(Node leaf, @Nullable Key end) throws MetadataException {
    LevelWriter writer = writer(0);
    int from = 0;
    while (changes.hasNextBelow(end)) {
      Change change = changes.next();
      byte[] key = change.key().bytes();
      int found = leaf.find(key, from);
      int to = found >= 0 ? found : -found - 1;
      writer.addAll(leaf, from, to);
      from = found >= 0 ? found + 1 : to;
      byte[] value = change.value();
      if (value != null) {
        writer.add(key, value, found < 0);
      }
    }
    writer.addAll(leaf, from, leaf.count());
  }

  /**
   * Takes over a child in which nothing changes: whole, if nothing is pending that must join it.
   */
  private void keep(Node parent, int index) throws MetadataException {
    int level = parent.level() - 1;
    if (isClean(level)) {
      writer(level + 1).addAll(parent, index, index + 1);
      return;
    }
    Node node = child(parent, index);
    replaced.add(replaced(parent.child(index), node));
    if (node.isLeaf()) {
      writer(0).addAll(node, 0, node.count());
    } else {
      for (int i = 0; i < node.count(); i++) {
        keep(node, i);
      }
    }
    writer(level).boundary();
  }

  /** Whether nothing is pending at this level and below. */
  private boolean isClean(int level) {
    for (int i = 0; i <= level; i++) {
      if (!writer(i).isClean()) {
        return false;
      }
    }
    return true;
  }

  /** Makes a node and an item of the level above that points to it. */
  void emit(int level, Items items, int from, int to, boolean isFresh) {
    Node node = items.toNode(project, birthTxg, from, to);
    BlockId id = NodeCodec.seal(node, codec, added);
    writer(level + 1).add(node.keyBytes(0), id.toBytes(), isFresh);
  }

  /** Writes what is pending, level by level, and returns the root. */
  private BlockId finish() throws MetadataException {
    for (int level = 0; ; level++) {
      LevelWriter writer = writer(level);
      Items pending = writer.pending();
      if (isTop(level)) {
        if (level > 0 && pending.count() == 1) {
          return pending.toNode(project, birthTxg, 0, 1).child(0);
        }
        if (writer.fitsOneNode()) {
          Node root = pending.toNode(project, birthTxg, 0, pending.count());
          return NodeCodec.seal(root, codec, added);
        }
      } else if (!pending.isEmpty() && pending.isUnderfull(0, pending.count(), limits)) {
        joinLast(level);
      }
      writer.flush();
    }
  }

  /** Whether no node of this level was written so far: what is pending is all there is. */
  private boolean isTop(int level) {
    for (int above = level + 1; above < writers.size(); above++) {
      if (!writers.get(above).isClean()) {
        return false;
      }
    }
    return true;
  }

  /** Takes back the last node of a level and puts its items in front of what is pending there. */
  private void joinLast(int level) throws MetadataException {
    Items pending = writer(level).pending();
    Node tail = pending.toNode(project, birthTxg, 0, pending.count());
    Node last = takeLast(level + 1);
    pending.clear();
    pending.addAll(last, 0, last.count());
    pending.addAll(tail, 0, tail.count());
  }

  /** Removes the last item pending at an inner level and returns the node that it points to. */
  private Node takeLast(int level) throws MetadataException {
    Items pending = writer(level).pending();
    if (pending.isEmpty()) {
      Node last = takeLast(level + 1);
      pending.addAll(last, 0, last.count());
    }
    Node parent = pending.toNode(project, birthTxg, pending.count() - 1, pending.count());
    pending.removeLast();
    NewNode taken = added.remove(parent.child(0));
    if (taken != null) {
      return taken.node();
    }
    Node node = tree.child(parent, 0);
    replaced.add(replaced(parent.child(0), node));
    return node;
  }

  private Replaced replaced(BlockId id, Node node) {
    return new Replaced(id, node.project().equals(project), node.birthTxg());
  }

  private Node child(Node parent, int index) throws MetadataException {
    Node known = path.find(parent.child(index));
    return known != null ? known : tree.child(parent, index);
  }

  private LevelWriter writer(int level) {
    while (writers.size() <= level) {
      writers.add(new LevelWriter(this, writers.size(), limits));
    }
    return writers.get(level);
  }
}
