package org.salvusfs.metadata.tree;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/** Receives the nodes of a tree: parents before children, in key order. */
public interface NodeVisitor {
  /** Whether to read this node and what is below it. */
  default boolean enter(BlockId id, int level) {
    return true;
  }

  /** A sound node. */
  void node(BlockId id, Node node) throws MetadataException;

  /**
   * A node that is missing or corrupt, or that does not fit where it hangs. What is below it is
   * left out.
   */
  void damaged(BlockId id, MetadataException why) throws MetadataException;
}
