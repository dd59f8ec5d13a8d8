package org.salvusfs.blockstore.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
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
  private final KeyRing ring;
  private final BlockCodec codec;
  private final PackChunkStore store;
  private final CachedChunks chunks;

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

  private BlockStore(PackChunkStore store, KeyRing ring, long cacheBytes) {
    this.ring = ring;
    this.codec = ring.codec();
    this.store = store;
    this.chunks = new CachedChunks(store, codec, new FastCdc(ring.cluster().domain()), cacheBytes);
  }

  /**
   * Keeps the index's native library (17 MB) in a directory; for processes that may be killed. To
   * be called before the first store is opened.
   *
   * @param directory of this process, or of processes that follow each other
   */
  public static void keepLibraryIn(Path directory) throws IOException {
    RocksIndex.keepLibraryIn(directory);
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
    return open(packs, indexDirectory, KeyRing.of(keys), options);
  }

  /** The same for a cluster in which projects may have keys of their own. */
  public static BlockStore open(Disk packs, Path indexDirectory, KeyRing ring, Options options)
      throws BlockStoreException {
    return new BlockStore(
        PackChunkStore.open(packs, openIndex(indexDirectory), options.packBytesMax()),
        ring,
        options.cacheBytes());
  }

  /** The same with another index, which becomes the store's; for simulations. */
  public static BlockStore open(Disk packs, ChunkIndex index, KeyDomain keys, Options options)
      throws BlockStoreException {
    return new BlockStore(
        PackChunkStore.open(packs, index, options.packBytesMax()),
        KeyRing.of(keys),
        options.cacheBytes());
  }

  /**
   * Opens or creates packs without a key: for whoever keeps blocks that others have sealed, and
   * reads them back. What is said of {@link #open} holds; the index is found and rebuilt alike.
   *
   * @param packBytesMax length at which a pack is sealed, at most 2^31
   */
  public static ChunkStore openSealed(Disk packs, Path indexDirectory, long packBytesMax)
      throws BlockStoreException {
    return PackChunkStore.open(packs, openIndex(indexDirectory), packBytesMax);
  }

  private static RocksIndex openIndex(Path directory) throws BlockStoreException {
    try {
      return RocksIndex.open(directory);
    } catch (IOException e) {
      throw new BlockStoreException.Failed("opening the chunk index: " + e.getMessage(), e);
    }
  }

  /** Names and seals in the cluster's domain, and opens what any domain has sealed. */
  public BlockCodec codec() {
    return codec;
  }

  /**
   * The same, naming and sealing under a project's own key.
   *
   * @throws BlockStoreException.Shredded if the key is destroyed
   */
  public BlockCodec codec(UUID project) throws BlockStoreException {
    return ring.codec(project);
  }

  /** The chunks; what is put is compressed with LZ4. */
  public Chunks chunks() {
    return chunks;
  }

  /**
   * The chunks of a project.
   *
   * @param ownKey the project, if it has a key of its own, under which what is put is then cut,
   *     named and sealed; empty: the cluster's. Never say empty of a project that has one: others
   *     would come to refer to chunks that are lost with its key
   * @param compression of what is put, unless it is there already; asked at every put; returns at
   *     once
   * @throws BlockStoreException.Shredded if the key is destroyed
   * @throws BlockStoreException.Failed if that cannot be found out now
   */
  public Chunks chunks(Optional<UUID> ownKey, Supplier<Compression> compression)
      throws BlockStoreException {
    if (ownKey.isEmpty()) {
      return chunks.sealedBy(() -> ring.cluster().codec(compression.get()));
    }
    KeyRing.Member own = ring.project(ownKey.get());
    return chunks.ofDomain(own.domain(), () -> own.codec(compression.get()));
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
