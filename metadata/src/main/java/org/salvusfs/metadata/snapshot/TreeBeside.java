package org.salvusfs.metadata.snapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.tree.Replaced;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/**
 * A tree that is made beside a project, batch by batch, and that nobody sees until a head names its
 * root. Its nodes are stored as it grows, and those that a later batch replaces are deleted at
 * once. Memory holds one batch, its nodes, and the names of what it replaces of another tree. Of
 * one thread.
 */
public final class TreeBeside {
  private static final int BATCH_BYTES_MAX = 4 << 20;

  /** About what a change takes on the heap, besides its bytes. */
  private static final int CHANGE_BYTES = 100;

  private final Tree tree;
  private final NodeStore nodes;
  private final long birthTxg;
  private final Consumer<Update> stored;

  /** The tree that it began with; none if it began empty. */
  private final List<BlockId> base;

  private final List<Replaced> replaced = new ArrayList<>();
  private final List<Change> batch = new ArrayList<>();
  private long batchBytes;
  private BlockId root;

  /** What was about to be stored when the store failed. */
  private Collection<BlockId> doubtful = List.of();

  private TreeBeside(
      Tree tree,
      NodeStore nodes,
      long birthTxg,
      Consumer<Update> stored,
      List<BlockId> base,
      BlockId root) {
    this.tree = tree;
    this.nodes = nodes;
    this.birthTxg = birthTxg;
    this.stored = stored;
    this.base = base;
    this.root = root;
  }

  /**
   * Begins with nothing.
   *
   * @param tree of a project that has no nodes yet
   * @param birthTxg of all nodes
   * @param stored hears of the nodes when they are stored
   */
  public static TreeBeside empty(Tree tree, NodeStore nodes, long birthTxg, Consumer<Update> stored)
      throws MetadataException {
    Update empty = tree.create(birthTxg);
    nodes.put(empty.sealed());
    return new TreeBeside(tree, nodes, birthTxg, stored, List.of(), empty.root());
  }

  /**
   * Begins with a tree that stays as it is.
   *
   * @param base its root, whose nodes stay readable, and none of which was born in that txg
   * @param birthTxg of all new nodes; no other commit of the project makes nodes with it
   */
  public static TreeBeside of(
      Tree tree, BlockId base, NodeStore nodes, long birthTxg, Consumer<Update> stored) {
    return new TreeBeside(tree, nodes, birthTxg, stored, List.of(base), base);
  }

  /**
   * Adds a change.
   *
   * @param change with a key above the one before
   */
  public void add(Change change) throws MetadataException {
    byte[] value = change.value();
    batch.add(change);
    batchBytes += CHANGE_BYTES + change.key().bytes().length + (value == null ? 0 : value.length);
    if (batchBytes >= BATCH_BYTES_MAX) {
      flush();
    }
  }

  /**
   * Stores what was added; keys may begin anew afterwards.
   *
   * @return the root of the tree so far, durable
   */
  public BlockId flush() throws MetadataException {
    Update update = tree.apply(root, birthTxg, batch.iterator());
    doubtful = List.copyOf(update.added().keySet());
    nodes.put(update.sealed());
    stored.accept(update);
    root = update.root();
    doubtful = List.of();
    batch.clear();
    batchBytes = 0;
    var own = new ArrayList<BlockId>();
    for (Replaced node : update.replaced()) {
      if (node.birthTxg() == birthTxg) {
        own.add(node.id());
      } else {
        replaced.add(node);
      }
    }
    nodes.delete(own);
    return root;
  }

  /** The nodes of the tree that it began with that it has not got. */
  public List<Replaced> replaced() {
    return List.copyOf(replaced);
  }

  /** Deletes all nodes that were made. Nobody may have been shown the root. */
  public void discard() throws MetadataException {
    nodes.delete(doubtful);
    for (List<BlockId> level : tree.onlyIn(root, base)) {
      nodes.delete(level);
    }
  }
}
