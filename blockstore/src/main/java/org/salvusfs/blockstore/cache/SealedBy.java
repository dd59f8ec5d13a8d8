package org.salvusfs.blockstore.cache;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * Chunks that are shared with others in everything but how new ones are cut, named and sealed.
 *
 * @param ownKey the project whose domain chunker and sealer are of; empty: the cluster's
 * @param sealer asked at every put
 */
record SealedBy(
    CachedChunks chunks, FastCdc chunker, Optional<UUID> ownKey, Supplier<BlockCodec> sealer)
    implements Chunks {
  @Override
  public int chunkBytesMax() {
    return chunks.chunkBytesMax();
  }

  @Override
  public int cut(byte[] data, int offset, int length, boolean last) {
    return chunker.cut(data, offset, length, last);
  }

  @Override
  public BlockId put(byte[] data, int offset, int length) throws BlockStoreException {
    return chunks.put(data, offset, length, sealer.get());
  }

  @Override
  public void keep(BlockId id) throws BlockStoreException {
    chunks.keep(id);
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    return chunks.get(id);
  }

  @Override
  public void read(BlockId id, int offset, int length, ByteBuffer into) throws BlockStoreException {
    chunks.read(id, offset, length, into);
  }

  @Override
  public void load(BlockId id) throws BlockStoreException {
    chunks.load(id);
  }

  @Override
  public boolean isCached(BlockId id) {
    return chunks.isCached(id);
  }

  @Override
  public void sync() throws BlockStoreException {
    chunks.sync();
  }
}
