package org.salvusfs.blockstore.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.cache.SlabCache.Region;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * Chunks over a store, with a cache of plaintexts that is bounded in bytes.
 *
 * <p>Only reads fill the cache: what was just written is still in the kernel's cache, and a large
 * copy must not push out what is read again and again.
 */
public final class CachedChunks implements Chunks {
  private final ChunkStore store;
  private final BlockCodec codec;
  private final FastCdc chunker;

  private final SlabCache cache;

  /** What is being loaded, and by whom it will be known. */
  private final ConcurrentMap<BlockId, CompletableFuture<@Nullable Void>> loading =
      new ConcurrentHashMap<>();

  /**
   * Chunks that live in {@code store}.
   *
   * @param cacheBytes heap that the cache may take
   */
  public CachedChunks(ChunkStore store, BlockCodec codec, FastCdc chunker, long cacheBytes) {
    this.store = store;
    this.codec = codec;
    this.chunker = chunker;
    this.cache = new SlabCache(cacheBytes);
  }

  @Override
  public Optional<UUID> ownKey() {
    return Optional.empty();
  }

  @Override
  public int chunkBytesMax() {
    return FastCdc.BYTES_MAX;
  }

  @Override
  public int cut(byte[] data, int offset, int length, boolean last) {
    return chunker.cut(data, offset, length, last);
  }

  @Override
  public BlockId put(byte[] data, int offset, int length) throws BlockStoreException {
    return put(data, offset, length, codec);
  }

  /** The same chunks, where what is put is sealed by another codec of the same key domain. */
  public Chunks sealedBy(Supplier<BlockCodec> sealer) {
    return new SealedBy(this, chunker, Optional.empty(), sealer);
  }

  /**
   * The same store and cache, where what is put is cut, named and sealed in another key domain.
   *
   * @param domain of a project
   * @param sealer of that domain
   */
  public Chunks ofDomain(KeyDomain domain, Supplier<BlockCodec> sealer) {
    return new SealedBy(this, new FastCdc(domain), domain.project(), sealer);
  }

  BlockId put(byte[] data, int offset, int length, BlockCodec sealer) throws BlockStoreException {
    if (length > FastCdc.BYTES_MAX) {
      throw new IllegalArgumentException("a chunk of " + length + " bytes is too long");
    }
    BlockId id = sealer.id(ByteBuffer.wrap(data, offset, length));
    if (!store.contains(id)) {
      store.put(id, sealer.seal(id, data, offset, length));
    }
    return id;
  }

  @Override
  public void keep(BlockId id) throws BlockStoreException {
    if (!store.contains(id)) {
      throw new BlockStoreException.Missing("there is no block " + id);
    }
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    try (Region region = region(id, 0)) {
      return Arrays.copyOfRange(region.array(), region.start(), region.start() + region.length());
    }
  }

  @Override
  public void read(BlockId id, int offset, int length, ByteBuffer into) throws BlockStoreException {
    try (Region region = region(id, length)) {
      Objects.checkFromIndexSize(offset, length, region.length());
      into.put(region.array(), region.start() + offset, length);
    }
  }

  @Override
  public void load(BlockId id) throws BlockStoreException {
    region(id, 0).close();
  }

  @Override
  public boolean isCached(BlockId id) {
    return cache.contains(id);
  }

  @Override
  public void sync() throws BlockStoreException {
    store.sync();
  }

  /** The chunk in memory, until the region is closed. */
  private Region region(BlockId id, int readBytes) throws BlockStoreException {
    while (true) {
      Region region = cache.find(id, readBytes);
      if (region != null) {
        return region;
      }
      var mine = new CompletableFuture<@Nullable Void>();
      CompletableFuture<@Nullable Void> theirs = loading.putIfAbsent(id, mine);
      if (theirs == null) {
        return load(id, readBytes, mine);
      }
      await(theirs);
    }
  }

  private Region load(BlockId id, int readBytes, CompletableFuture<@Nullable Void> future)
      throws BlockStoreException {
    try {
      Region region = cache.find(id, readBytes);
      if (region == null) {
        region = open(id, readBytes);
      }
      future.complete(null);
      return region;
    } catch (Throwable e) {
      future.completeExceptionally(e);
      throw e;
    } finally {
      loading.remove(id, future);
    }
  }

  private Region open(BlockId id, int readBytes) throws BlockStoreException {
    byte[] sealed = store.get(id);
    int length = codec.plaintextBytes(id, sealed);
    if (length > FastCdc.BYTES_MAX) {
      throw new BlockStoreException.Corrupt(
          "block %s: %d bytes are too many for a chunk".formatted(id, length));
    }
    Region region = cache.reserve(id, length);
    try {
      codec.open(id, sealed, region.array(), region.start());
      cache.publish(region, readBytes);
      return region;
    } catch (Throwable e) {
      region.close();
      throw e;
    }
  }

  private static void await(CompletableFuture<@Nullable Void> future) throws BlockStoreException {
    try {
      future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BlockStoreException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
