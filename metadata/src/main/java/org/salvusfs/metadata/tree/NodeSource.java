package org.salvusfs.metadata.tree;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/** Where trees get their nodes from. Thread-safe. */
public interface NodeSource {
  /**
   * The verified, decoded node.
   *
   * @throws MetadataException.Missing if no store has it, or its project's key is destroyed
   * @throws MetadataException.Corrupt if what the store has is not what was written
   * @throws MetadataException.Unavailable if the store did not answer in time
   */
  Node load(BlockId id) throws MetadataException;
}
