package org.salvusfs.metadata.api;

import java.util.Collection;
import java.util.Map;
import org.salvusfs.blockstore.api.BlockId;

/**
 * Sealed tree nodes under their ids. Thread-safe; blocks (callers use virtual threads). {@link
 * MetadataException.Unavailable} when the store does not answer within the configured time.
 */
public interface NodeStore {
  /**
   * The sealed node; the caller verifies it by opening it.
   *
   * @throws MetadataException.Missing if it is not there, also when read at quorum
   */
  byte[] get(BlockId id) throws MetadataException;

  /** Returns when all nodes are on a quorum. Idempotent. */
  void put(Map<BlockId, byte[]> sealed) throws MetadataException;

  /** Deletes the nodes that exist. */
  void delete(Collection<BlockId> ids) throws MetadataException;

  /**
   * Deletes every node that is sealed under a project's own key, readable or not. Reads all nodes
   * there are: for what cannot be found by walking trees, because the key is gone.
   */
  void deleteSealedFor(ProjectId project) throws MetadataException;
}
