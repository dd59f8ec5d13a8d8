package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;

/** The stores of the cluster, as they are below all caches. */
record ClusterBlocks(NodeStore nodes, ChunkStore chunks) implements Blocks {
  @Override
  public boolean hasNode(BlockId id) throws IOException {
    return node(id) != null;
  }

  @Override
  public boolean hasChunk(BlockId id) throws IOException {
    return chunks.contains(id);
  }

  @Override
  public byte @Nullable [] node(BlockId id) throws IOException {
    try {
      return nodes.get(id);
    } catch (MetadataException.Missing e) {
      return null;
    }
  }

  @Override
  public byte @Nullable [] chunk(BlockId id) throws IOException {
    try {
      return chunks.get(id);
    } catch (BlockStoreException.Missing e) {
      return null;
    }
  }

  @Override
  public void putChunk(BlockId id, byte[] sealed) throws IOException {
    chunks.put(id, sealed);
  }

  @Override
  public void putNodes(Map<BlockId, byte[]> sealed) throws IOException {
    nodes.put(sealed);
  }

  /** Nodes are durable when they are put. */
  @Override
  public void sync() throws IOException {
    chunks.sync();
  }
}
