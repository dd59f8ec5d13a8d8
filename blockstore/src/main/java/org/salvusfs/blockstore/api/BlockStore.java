package org.salvusfs.blockstore.api;

import java.io.IOException;
import java.nio.file.Path;
import org.salvusfs.blockstore.cache.CachedChunks;
import org.salvusfs.blockstore.chunker.FastCdc;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.index.ChunkIndex;
import org.salvusfs.blockstore.index.RocksIndex;
import org.salvusfs.blockstore.pack.PackChunkStore;

/**
 * The block store of one host: packs on a disk, their index, and what stands on top. Thread-safe.
 */
public final class BlockStore implements AutoCloseable {
  private final BlockCodec codec;
  private final PackChunkStore store;
  private final Chunks chunks;

  /**
   * Sizes.
   *
   * @param packBytesMax length at which a pack is sealed, at most 2^31
   * @param cacheBytes heap for plaintext chunks
   */
  public record Options(long packBytesMax, long cacheBytes) {
    /** Packs of 256 MiB and a cache of 64 MiB. */
    public static final Options DEFAULT = new Options(256L << 20, 64L << 20);
  }

  private BlockStore(PackChunkStore store, KeyDomain keys, long cacheBytes) {
    this.codec = BlockCodec.of(keys);
    this.store = store;
    this.chunks = new CachedChunks(store, codec, new FastCdc(keys), cacheBytes);
  }

  /**
   * Opens or creates a store. Recovers what a crash left: that reads every pack that was not
   * sealed, and all footers if the index was lost.
   *
   * @param packs holds nothing but packs
   * @param indexDirectory holds nothing but the index, which is rebuilt when it is lost or damaged
   * @throws BlockStoreException.Failed if another process has it open, the disk fails, or the packs
   *     are of another version
   */
  public static BlockStore open(Disk packs, Path indexDirectory, KeyDomain keys, Options options)
      throws BlockStoreException {
    RocksIndex index;
    try {
      index = RocksIndex.open(indexDirectory);
    } catch (IOException e) {
      throw new BlockStoreException.Failed("opening the chunk index: " + e.getMessage(), e);
    }
    return open(packs, index, keys, options);
  }

  /** The same with another index, which becomes the store's; for simulations. */
  public static BlockStore open(Disk packs, ChunkIndex index, KeyDomain keys, Options options)
      throws BlockStoreException {
    return new BlockStore(
        PackChunkStore.open(packs, index, options.packBytesMax()), keys, options.cacheBytes());
  }

  public BlockCodec codec() {
    return codec;
  }

  public Chunks chunks() {
    return chunks;
  }

  public ChunkStore store() {
    return store;
  }

  /**
   * Reads every block of every pack, authenticates it and compares it with its id, while the store
   * is in use: readers, writers and a sweep go on, and nothing enters the cache of chunks or leaves
   * it. What is put after the call is not read. A block that is found damaged counts as absent from
   * then on, so that whoever has its contents stores it again; a damaged record of which the store
   * has another copy is none. What the disk cannot read is damage, too.
   *
   * @param from {@link PackPlace#START}, or what an earlier one has reached
   * @throws BlockStoreException.Failed if the index fails
   * @throws java.util.concurrent.CancellationException if the visitor threw it
   */
  public void verify(PackPlace from, BlockVisitor visitor) throws BlockStoreException {
    store.verify(from, codec, visitor);
  }

  /**
   * Begins a sweep: see {@link Sweep} for what is promised and what is asked of the caller.
   *
   * @param salt a random number
   * @throws IllegalStateException if one is under way
   */
  public Sweep sweep(long salt) throws BlockStoreException {
    return store.sweep(salt);
  }

  /** How many bytes the records of all packs take, garbage included. */
  public long usedBytes() {
    return store.usedBytes();
  }

  /** Syncs and seals what was put, then closes everything, also if the former fails. */
  @Override
  public void close() throws BlockStoreException {
    store.close();
  }
}
