package org.salvusfs.metadata.tree;

import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;

/** Nodes as they are stored: every load reads and verifies. For checks, and below a cache. */
public record StoredNodes(NodeStore store, BlockCodec codec) implements NodeSource {
  /**
   * The node that somebody else has read.
   *
   * @throws MetadataException as {@link NodeSource#load}
   */
  public static Node open(BlockId id, byte[] sealed, BlockCodec codec) throws MetadataException {
    return NodeCodec.open(id, sealed, codec);
  }

  @Override
  public Node load(BlockId id) throws MetadataException {
    return NodeCodec.open(id, store.get(id), codec);
  }
}
