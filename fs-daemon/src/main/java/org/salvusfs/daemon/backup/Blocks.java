package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/** A place that holds sealed blocks under their ids: a cluster, or a target of backups. */
interface Blocks {
  /** Whether the node is there, and with it everything below. */
  boolean hasNode(BlockId id) throws IOException;

  /** Whether the chunk is there. */
  boolean hasChunk(BlockId id) throws IOException;

  /** The sealed node; the caller authenticates it. Null: there is none. */
  byte @Nullable [] node(BlockId id) throws IOException;

  /** The sealed chunk; the caller authenticates it. Null: there is none. */
  byte @Nullable [] chunk(BlockId id) throws IOException;

  /** Stores a chunk; durable after the next {@link #sync}. */
  void putChunk(BlockId id, byte[] sealed) throws IOException;

  /** Stores nodes; durable after the next {@link #sync}. */
  void putNodes(Map<BlockId, byte[]> sealed) throws IOException;

  /** Returns when everything that was put before is durable. */
  void sync() throws IOException;
}
