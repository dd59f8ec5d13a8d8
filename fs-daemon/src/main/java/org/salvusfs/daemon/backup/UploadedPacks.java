package org.salvusfs.daemon.backup;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;

/**
 * The packs of a bucket. A store of packs only notes that one could not be sealed, and tries again;
 * here that means that it is not in the bucket, and is an exception.
 */
record UploadedPacks(BucketPacks disk, ChunkStore packs) implements ChunkStore {
  @Override
  public boolean contains(BlockId id) throws BlockStoreException {
    return packs.contains(id);
  }

  @Override
  public boolean put(BlockId id, byte[] sealed) throws BlockStoreException {
    boolean isNew = packs.put(id, sealed);
    disk.requireUploads();
    return isNew;
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    return packs.get(id);
  }

  @Override
  public void sync() throws BlockStoreException {
    packs.sync();
    disk.requireUploads();
  }

  @Override
  public void close() throws BlockStoreException {
    packs.close();
    disk.requireUploads();
    disk.requireNothingLeft();
  }
}
