package org.salvusfs.daemon.data;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Chunks;

/** Chunks in memory, cut by contents. A crash forgets what was not synced. */
public final class FakeChunks implements Chunks {
  private final int chunkBytesMax;
  private final Map<BlockId, byte[]> stored = new ConcurrentHashMap<>();
  private final Set<BlockId> unsynced = ConcurrentHashMap.newKeySet();

  /** What somebody said that he refers to. */
  final Set<BlockId> kept = ConcurrentHashMap.newKeySet();

  final AtomicLong puts = new AtomicLong();
  final AtomicLong putBytes = new AtomicLong();
  final AtomicLong gets = new AtomicLong();

  /** How many puts still succeed before the disk is full. */
  final AtomicLong putsLeft = new AtomicLong(Long.MAX_VALUE);

  volatile boolean failGets;

  /** Whose own key they are sealed under; null: the cluster's. */
  volatile @Nullable UUID ownKey;

  /** Runs once, in the middle of the next put. */
  final AtomicReference<@Nullable Runnable> duringPut = new AtomicReference<>();

  public FakeChunks(int chunkBytesMax) {
    this.chunkBytesMax = chunkBytesMax;
  }

  @Override
  public Optional<UUID> ownKey() {
    return Optional.ofNullable(ownKey);
  }

  @Override
  public int chunkBytesMax() {
    return chunkBytesMax;
  }

  @Override
  public int cut(byte[] data, int offset, int length, boolean last) {
    int min = chunkBytesMax / 16;
    int mask = chunkBytesMax / 4 - 1;
    int hash = 0;
    int end = Math.min(length, chunkBytesMax);
    for (int i = Math.max(0, min - 16); i < end; i++) {
      hash = (hash << 1) + (data[offset + i] + 128) * 0x9E3779B1;
      if (i + 1 >= min && (hash >>> 8 & mask) == 0) {
        return i + 1;
      }
    }
    return last || length >= chunkBytesMax ? end : -1;
  }

  @Override
  public void keep(BlockId id) throws BlockStoreException {
    if (!stored.containsKey(id)) {
      throw new BlockStoreException.Missing("there is no chunk " + id);
    }
    kept.add(id);
  }

  @Override
  public BlockId put(byte[] data, int offset, int length) throws BlockStoreException {
    if (length < 1 || length > chunkBytesMax) {
      throw new IllegalArgumentException("a chunk of " + length);
    }
    if (putsLeft.getAndDecrement() <= 0) {
      throw new BlockStoreException.Full("the disk is full", new IOException("ENOSPC"));
    }
    Runnable during = duringPut.getAndSet(null);
    if (during != null) {
      during.run();
    }
    byte[] copy = Arrays.copyOfRange(data, offset, offset + length);
    BlockId id = id(copy);
    puts.incrementAndGet();
    putBytes.addAndGet(length);
    if (stored.putIfAbsent(id, copy) == null) {
      unsynced.add(id);
    }
    return id;
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    gets.incrementAndGet();
    if (failGets) {
      throw new BlockStoreException.Corrupt("damaged: " + id);
    }
    byte[] data = stored.get(id);
    if (data == null) {
      throw new BlockStoreException.Missing("no chunk " + id);
    }
    return data;
  }

  @Override
  public boolean isCached(BlockId id) {
    return false;
  }

  /** How many different chunks are stored. */
  public int count() {
    return stored.size();
  }

  @Override
  public void sync() {
    unsynced.clear();
  }

  public void crash() {
    unsynced.forEach(stored::remove);
    unsynced.clear();
  }

  private static BlockId id(byte[] data) {
    try {
      return BlockId.of(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
