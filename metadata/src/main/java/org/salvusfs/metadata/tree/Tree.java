package org.salvusfs.metadata.tree;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * A project's tree as pure functions of a root id. Stores nothing and remembers nothing: nodes come
 * from a {@link NodeSource}, new ones are returned. Thread-safe.
 *
 * <p>Every method fails with what its node source throws, and with {@link
 * MetadataException.Corrupt} for a root that is of another project or a node of the wrong level.
 * Below the root nodes may be another project's, a clone's origin: their ids, which are MACs, stand
 * in nodes of this one.
 *
 * @see "G. Graefe, Modern B-Tree Techniques, 2011; O. Rodeh, B-trees, Shadowing, and Clones, 2008"
 */
public final class Tree {
  private final ProjectId project;
  private final BlockCodec codec;
  private final NodeSource nodes;
  private final NodeLimits limits;

  public Tree(ProjectId project, BlockCodec codec, NodeSource nodes) {
    this(project, codec, nodes, NodeLimits.DEFAULT);
  }

  Tree(ProjectId project, BlockCodec codec, NodeSource nodes, NodeLimits limits) {
    this.project = project;
    this.codec = codec;
    this.nodes = nodes;
    this.limits = limits;
  }

  /** An empty tree. */
  public Update create(long birthTxg) {
    var added = new LinkedHashMap<BlockId, NewNode>();
    Node root = new Items(0).toNode(project, birthTxg, 0, 0);
    return new Update(NodeCodec.seal(root, codec, added), added, List.of());
  }

  /** The item's value, or null if there is none. */
  public byte @Nullable [] get(BlockId root, Key key) throws MetadataException {
    Node node = root(root);
    while (!node.isLeaf()) {
      node = child(node, node.childFor(key.bytes()));
    }
    int index = node.find(key.bytes());
    return index < 0 ? null : node.value(index);
  }

  /** The commit since which nothing in the tree has changed: that of its youngest node. */
  public long birthTxg(BlockId root) throws MetadataException {
    return root(root).birthTxg();
  }

  /**
   * The items with {@code from <= key < to}, ascending.
   *
   * @param to null: to the end
   */
  public Cursor scan(BlockId root, Key from, @Nullable Key to) throws MetadataException {
    return new TreeCursor(this, root, from, to);
  }

  /** The tree at one root. */
  public TreeView view(BlockId root) {
    return new TreeView(this, root);
  }

  /**
   * The tree with changes applied. One pass over the nodes that change; the changes are consumed as
   * it goes. The same arguments give the same ids, so a commit may be repeated.
   *
   * @param birthTxg recorded in every new node
   * @param sortedByKeyUnique ascending; removals of what is not there and values that are already
   *     there change nothing
   * @throws IllegalArgumentException if the changes do not ascend, or an item is longer than {@link
   *     NodeLimits} allow
   */
  public Update apply(BlockId root, long birthTxg, Iterator<Change> sortedByKeyUnique)
      throws MetadataException {
    return new Rewrite(this, project, codec, limits, root, birthTxg, sortedByKeyUnique).run();
  }

  /**
   * The first tree of this project as a clone: another project's tree with changes applied. Only
   * the nodes that change are made, all others stay the origin's.
   *
   * @param changes at least one that changes something, so that the root is this project's
   */
  public Update adopt(ProjectId origin, BlockId root, long birthTxg, Iterator<Change> changes)
      throws MetadataException {
    var from = new Tree(origin, codec, nodes, limits);
    return new Rewrite(from, project, codec, limits, root, birthTxg, changes).run();
  }

  /**
   * The nodes of a tree that none of {@code others} has, by level, leaves first. Costs what
   * differs; leaves are not read. Nodes that are not there any more are left out, if what is below
   * them was deleted before: delete level by level, in this order.
   *
   * @param others roots, of this project or of a clone's origin
   * @throws MetadataException.Missing if a node of the others is not there
   */
  public List<List<BlockId>> onlyIn(BlockId root, List<BlockId> others) throws MetadataException {
    return onlyIn(List.of(root), others);
  }

  /**
   * Likewise, of several trees at once. Their ids are held in memory, leaves included.
   *
   * @param roots of this project; those that are not there any more are left out
   */
  public List<List<BlockId>> onlyIn(List<BlockId> roots, List<BlockId> others)
      throws MetadataException {
    return new OnlyIn(project, nodes).run(roots, others);
  }

  /**
   * This project's nodes on the way from the root to where an item is or would be, the root first,
   * up to the first one that is not there.
   */
  public List<BlockId> path(BlockId root, Key key) throws MetadataException {
    var path = new ArrayList<BlockId>();
    @Nullable BlockId at = root;
    while (at != null) {
      Node node;
      try {
        node = nodes.load(at);
      } catch (MetadataException.Missing gone) {
        return path;
      }
      if (!node.project().equals(project)) {
        return path;
      }
      path.add(at);
      at = node.isLeaf() ? null : node.child(node.childFor(key.bytes()));
    }
    return path;
  }

  /**
   * Reports every item that differs, in key order. Subtrees that both trees share are not read:
   * costs what differs, not what is there.
   */
  public void diff(BlockId before, BlockId after, DiffVisitor visitor) throws MetadataException {
    if (!before.equals(after)) {
      new TreeDiff(this, before, after, visitor).run();
    }
  }

  /**
   * Visits every node, and goes on behind those that are missing or corrupt.
   *
   * @throws MetadataException.Unavailable if the store did not answer: the walk is incomplete
   */
  public void walk(BlockId root, NodeVisitor visitor) throws MetadataException {
    new TreeWalk(this, visitor).run(root);
  }

  /** The node that a root id stands for. */
  Node root(BlockId id) throws MetadataException {
    Node node = nodes.load(id);
    if (!node.project().equals(project)) {
      throw new MetadataException.Corrupt(
          "tree node " + id + " belongs to project " + node.project() + ", not to " + project);
    }
    return node;
  }

  /** The child that an inner node's item points to. */
  Node child(Node parent, int index) throws MetadataException {
    BlockId id = parent.child(index);
    Node node = nodes.load(id);
    if (node.level() != parent.level() - 1) {
      throw new MetadataException.Corrupt(
          "tree node " + id + " is of level " + node.level() + " below one of " + parent.level());
    }
    return node;
  }
}
