package org.salvusfs.blockstore.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * Chunks over a store, with a cache of plaintexts that is bounded in bytes.
 *
 * <p>Only reads fill the cache: what was just written is still in the kernel's cache, and a large
 * copy must not push out what is read again and again.
 */
public final class CachedChunks implements Chunks {
  /** Heap bytes of an entry besides the plaintext: id, future, node, array header. */
  private static final int ENTRY_BYTES = 200;

  private final ChunkStore store;
  private final BlockCodec codec;
  private final FastCdc chunker;
  private final Cache<BlockId, byte[]> cache;

  /** What is being loaded, and by whom it will be known. */
  private final ConcurrentMap<BlockId, CompletableFuture<byte[]>> loading =
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
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytes)
            .weigher((BlockId id, byte[] plaintext) -> ENTRY_BYTES + plaintext.length)
            .executor(Runnable::run)
            .build();
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
    byte[] plaintext = cache.getIfPresent(id);
    if (plaintext != null) {
      return plaintext;
    }
    var mine = new CompletableFuture<byte[]>();
    CompletableFuture<byte[]> theirs = loading.putIfAbsent(id, mine);
    return theirs == null ? load(id, mine) : await(theirs);
  }

  @Override
  public boolean isCached(BlockId id) {
    return cache.policy().getIfPresentQuietly(id) != null;
  }

  @Override
  public void sync() throws BlockStoreException {
    store.sync();
  }

  private byte[] load(BlockId id, CompletableFuture<byte[]> future) throws BlockStoreException {
    try {
      byte[] plaintext = cache.getIfPresent(id);
      if (plaintext == null) {
        plaintext = codec.open(id, store.get(id));
        cache.put(id, plaintext);
      }
      future.complete(plaintext);
      return plaintext;
    } catch (Throwable e) {
      future.completeExceptionally(e);
      throw e;
    } finally {
      loading.remove(id, future);
    }
  }

  private static byte[] await(CompletableFuture<byte[]> future) throws BlockStoreException {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BlockStoreException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
