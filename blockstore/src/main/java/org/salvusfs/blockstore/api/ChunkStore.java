package org.salvusfs.blockstore.api;

/**
 * Keeps sealed blocks under their ids: a directory of packs, later also a remote host or an object
 * store. Thread-safe. What an id stands for never changes, so a retry is always harmless.
 */
public interface ChunkStore extends AutoCloseable {
  /**
   * Whether the block is there for somebody to refer to. A {@link #sync} makes such a block
   * durable. While a {@link Sweep} is under way, one that was asked for is spared, and one that is
   * about to be taken is absent, although {@link #get} may still find it.
   */
  boolean contains(BlockId id) throws BlockStoreException;

  /**
   * Stores a block unless it is there. It is readable on return and durable after the next {@link
   * #sync}.
   *
   * @return whether the bytes were written, false when the block was there already
   * @throws BlockStoreException.Full if the disk is full; earlier blocks are unharmed
   */
  boolean put(BlockId id, byte[] sealed) throws BlockStoreException;

  /**
   * The sealed bytes; the caller verifies them by opening them.
   *
   * @throws BlockStoreException.Missing if there is no such block
   * @throws BlockStoreException.Corrupt if the record's checksum or id differs
   */
  byte[] get(BlockId id) throws BlockStoreException;

  /**
   * Returns only after every block put before this call, by any thread, is on stable storage.
   * Concurrent callers share one fdatasync. After a failed sync the blocks in question are never
   * reported as durable.
   */
  void sync() throws BlockStoreException;

  @Override
  void close() throws BlockStoreException;
}
