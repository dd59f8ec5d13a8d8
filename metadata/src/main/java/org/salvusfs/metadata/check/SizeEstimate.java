package org.salvusfs.metadata.check;

import org.salvusfs.metadata.tree.Node;

/** Guesses a tree's number of items from the nodes seen so far; exact once all were seen. */
final class SizeEstimate {
  private static final int LEVELS = 32;

  private final long[] nodes = new long[LEVELS];
  private final long[] items = new long[LEVELS];
  private int top = -1;

  void node(Node node) {
    top = Math.max(top, node.level());
    nodes[node.level()]++;
    items[node.level()] += node.count();
  }

  /** The product of the average number of items of a node, over all levels. */
  long items() {
    double product = 1;
    for (int level = 0; level <= top; level++) {
      if (nodes[level] > 0) {
        product *= (double) items[level] / nodes[level];
      }
    }
    return Math.round(product);
  }
}
