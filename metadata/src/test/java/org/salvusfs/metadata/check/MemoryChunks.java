package org.salvusfs.metadata.check;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.metadata.tree.FakeBlockCodec;

/** Chunks in a map, to be damaged and lost, that remembers who asked. */
final class MemoryChunks implements ChunkStore {
  private final Map<BlockId, byte[]> chunks = new HashMap<>();
  final List<BlockId> gets = new ArrayList<>();

  BlockId add(byte[] plaintext) {
    BlockId id = new FakeBlockCodec().id(ByteBuffer.wrap(plaintext));
    chunks.put(id, plaintext);
    return id;
  }

  void remove(BlockId id) {
    chunks.remove(id);
  }

  void damage(BlockId id) {
    chunks.put(id, new byte[] {1, 2, 3});
  }

  @Override
  public boolean contains(BlockId id) {
    return chunks.containsKey(id);
  }

  @Override
  public boolean put(BlockId id, byte[] sealed) {
    return chunks.putIfAbsent(id, sealed) == null;
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    gets.add(id);
    byte[] sealed = chunks.get(id);
    if (sealed == null) {
      throw new BlockStoreException.Missing("chunk " + id + " is not in the store");
    }
    return sealed;
  }

  @Override
  public void sync() {}

  @Override
  public void close() {}
}
