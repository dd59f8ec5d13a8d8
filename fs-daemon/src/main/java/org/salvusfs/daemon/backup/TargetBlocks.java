package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;

/**
 * The blocks of a target: chunks, nodes and records, all in the same packs. Whatever fails is a
 * {@link TargetException}.
 */
record TargetBlocks(String target, ChunkStore packs) implements Blocks {
  @Override
  public boolean hasNode(BlockId id) throws TargetException {
    try {
      return packs.contains(id);
    } catch (IOException e) {
      throw Target.failed(target, e);
    }
  }

  @Override
  public boolean hasChunk(BlockId id) throws TargetException {
    return hasNode(id);
  }

  @Override
  public byte @Nullable [] node(BlockId id) throws TargetException {
    try {
      return packs.get(id);
    } catch (BlockStoreException.Missing e) {
      return null;
    } catch (BlockStoreException.Corrupt e) {
      throw new TargetException(
          "the target %s is damaged: %s; put a good copy of that file in its place"
              .formatted(target, e.getMessage()),
          e);
    } catch (IOException e) {
      throw Target.failed(target, e);
    }
  }

  @Override
  public byte @Nullable [] chunk(BlockId id) throws TargetException {
    return node(id);
  }

  @Override
  public void putChunk(BlockId id, byte[] sealed) throws TargetException {
    try {
      packs.put(id, sealed);
    } catch (IOException e) {
      throw Target.failed(target, e);
    }
  }

  @Override
  public void putNodes(Map<BlockId, byte[]> sealed) throws TargetException {
    for (var node : sealed.entrySet()) {
      putChunk(node.getKey(), node.getValue());
    }
  }

  @Override
  public void sync() throws TargetException {
    try {
      packs.sync();
    } catch (IOException e) {
      throw Target.failed(target, e);
    }
  }
}
