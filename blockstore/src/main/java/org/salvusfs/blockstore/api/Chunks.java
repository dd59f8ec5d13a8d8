package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * File contents as chunks: cuts, names, deduplicates, seals, caches. Thread-safe; every operation
 * runs on the caller's thread, so callers decide how much runs in parallel.
 */
public interface Chunks {
  /**
   * The project under whose own key {@link #put} names and seals; empty: the cluster's. Chunks are
   * never referred to from another domain, because they are lost with their key.
   */
  Optional<UUID> ownKey();

  /** The longest plaintext that {@link #put} accepts and {@link #cut} returns, in bytes. */
  int chunkBytesMax();

  /**
   * Where content-defined chunking ends the first chunk of {@code data[offset, offset + length)}.
   *
   * @param last whether the data ends here; if not, fewer than {@link #chunkBytesMax} bytes give
   *     -1, because bytes that are still to come could decide the cut
   * @return the first chunk's length in bytes, in 1..chunkBytesMax, or -1
   */
  int cut(byte[] data, int offset, int length, boolean last);

  /**
   * Stores a plaintext and returns its id. Durable after the next {@link #sync}.
   *
   * @throws BlockStoreException.Full if the disk is full
   */
  BlockId put(byte[] data, int offset, int length) throws BlockStoreException;

  /**
   * Says that somebody is about to refer to a stored chunk that {@link #put} did not give him: a
   * sweep that is under way spares it.
   *
   * @throws BlockStoreException.Missing if it is not there, or is being swept already
   */
  void keep(BlockId id) throws BlockStoreException;

  /**
   * The verified plaintext of a chunk, in an array that nobody modifies.
   *
   * @throws BlockStoreException.Missing if no store has it
   * @throws BlockStoreException.Corrupt if it is damaged; never returns damaged bytes
   */
  byte[] get(BlockId id) throws BlockStoreException;

  /**
   * Puts {@code length} bytes of a chunk, verified, into a buffer.
   *
   * @param offset of the first of them in the chunk
   * @throws IndexOutOfBoundsException if the chunk is shorter
   * @throws BlockStoreException as {@link #get} does
   */
  default void read(BlockId id, int offset, int length, ByteBuffer into)
      throws BlockStoreException {
    into.put(get(id), offset, length);
  }

  /**
   * Brings a chunk into the cache.
   *
   * @throws BlockStoreException as {@link #get} does
   */
  default void load(BlockId id) throws BlockStoreException {
    get(id);
  }

  /** Whether {@link #read} would answer from memory. */
  boolean isCached(BlockId id);

  /** See {@link ChunkStore#sync()}. */
  void sync() throws BlockStoreException;
}
