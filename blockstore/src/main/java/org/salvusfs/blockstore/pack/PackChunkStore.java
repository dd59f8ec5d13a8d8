package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockStoreException.Failed;
import org.salvusfs.blockstore.api.BlockStoreException.Missing;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.index.ChunkIndex;
import org.salvusfs.blockstore.index.Location;

/**
 * A chunk store in a directory of packs; see the package for how it stays safe.
 *
 * <p>A block is in exactly one of three places: {@code pending} (readable, not durable), the index
 * (durable), or nowhere. It enters the index before it leaves {@code pending}, so a reader that
 * looks in this order never misses it.
 */
public final class PackChunkStore implements ChunkStore {
  private static final int OPEN_FILES_MAX = 256;

  private final ChunkIndex index;
  private final OpenFiles files;
  private final Disk disk;
  private final ConcurrentMap<Integer, Pack> packs;
  private final PackAppender appender;
  private final Condemned condemned = new Condemned();

  /** Blocks that were read and found damaged: not there, until they are put again or mended. */
  private final Set<BlockId> damaged = ConcurrentHashMap.newKeySet();

  private PackChunkStore(
      Disk disk,
      ChunkIndex index,
      OpenFiles files,
      ConcurrentMap<Integer, Pack> packs,
      PackAppender appender) {
    this.disk = disk;
    this.index = index;
    this.files = files;
    this.packs = packs;
    this.appender = appender;
  }

  /**
   * Opens the packs of a directory and brings the index up to date with them.
   *
   * @param index becomes the store's, also if this fails
   * @param packBytesMax length at which a pack is sealed, at most 2^31
   * @throws BlockStoreException.Failed if the disk fails or holds packs of another version
   */
  public static PackChunkStore open(Disk disk, ChunkIndex index, long packBytesMax)
      throws BlockStoreException {
    if (packBytesMax < PackFormat.HEADER_BYTES || packBytesMax > 1L << 31) {
      throw new IllegalArgumentException("packBytesMax must not be " + packBytesMax);
    }
    var files = new OpenFiles(disk, OPEN_FILES_MAX);
    try {
      var recovered = new PackRecovery(disk, index, files).run();
      var packs = new ConcurrentHashMap<>(recovered.packs());
      var appender =
          new PackAppender(disk, index, files, packs, recovered.nextNumber(), packBytesMax);
      return new PackChunkStore(disk, index, files, packs, appender);
    } catch (IOException e) {
      var failure = Failures.of("opening the packs in " + disk, e);
      try (index) {
        files.close();
      } catch (IOException suppressed) {
        failure.addSuppressed(suppressed);
      }
      throw failure;
    }
  }

  @Override
  public boolean contains(BlockId id) throws BlockStoreException {
    condemned.asked(id);
    while (true) {
      Location at = locate(id);
      if (at == null || damaged.contains(id) || condemned.isTaken(id, at)) {
        return false;
      }
      // A pack goes before its chunks are no longer condemned: if it is still there, this one is
      // not condemned, and will not be, because it is marked.
      if (isHeld(at)) {
        return true;
      }
    }
  }

  @Override
  public boolean put(BlockId id, byte[] sealed) throws BlockStoreException {
    if (contains(id)) {
      return false;
    }
    boolean written = appender.append(id, sealed, damaged.contains(id));
    damaged.remove(id);
    return written;
  }

  @Override
  public byte[] get(BlockId id) throws BlockStoreException {
    Location at = locate(id);
    while (at != null) {
      Pack pack = packs.get(at.pack());
      try {
        if (pack != null) {
          return pack.read(id, at);
        }
        at = locate(id);
      } catch (Corrupt | Failed e) {
        // A sweep and a failed sync move blocks to another pack while we read.
        Location now = locate(id);
        if (at.equals(now)) {
          if (e instanceof Corrupt) {
            damaged.add(id);
          }
          throw e;
        }
        at = now;
      }
    }
    throw new Missing("there is no block " + id);
  }

  @Override
  public void sync() throws BlockStoreException {
    appender.sync();
  }

  /**
   * Reads every record of every pack while the store is in use, up to what was there at the call.
   *
   * @param codec also proves that the blocks are authentic
   * @see org.salvusfs.blockstore.api.BlockStore#verify
   */
  public void verify(PackPlace from, BlockCodec codec, BlockVisitor visitor)
      throws BlockStoreException {
    new PackVerifier(packs.values(), codec, visitor, new Verified()).run(from);
  }

  private final class Verified implements PackVerifier.Store {
    @Override
    public boolean reads(BlockId id, Location at) throws BlockStoreException {
      return at.equals(locate(id));
    }

    @Override
    public void proved(BlockId id, boolean isIntact) {
      if (isIntact) {
        damaged.remove(id);
      } else {
        damaged.add(id);
      }
    }
  }

  /**
   * Begins a sweep: see {@link Sweep} for what is promised and what is asked of the caller.
   *
   * @param salt a random number
   * @throws IllegalStateException if one is under way
   */
  public Sweep sweep(long salt) throws BlockStoreException {
    return PackSweep.begin(disk, index, files, packs, appender, condemned, salt);
  }

  /** How many bytes the records of all packs take, garbage included. */
  public long usedBytes() {
    return packs.values().stream().mapToLong(Pack::dataEnd).sum();
  }

  @Override
  public void close() throws BlockStoreException {
    try (index;
        files) {
      appender.close();
    } catch (IOException e) {
      throw Failures.of("closing the packs", e);
    }
  }

  private @Nullable Location locate(BlockId id) throws BlockStoreException {
    Location at = find(id);
    while (at != null && !isHeld(at)) {
      Location now = find(id);
      if (at.equals(now)) {
        return null;
      }
      at = now;
    }
    return at;
  }

  private boolean isHeld(Location at) {
    Pack pack = packs.get(at.pack());
    return pack != null && pack.holds(at);
  }

  private @Nullable Location find(BlockId id) throws BlockStoreException {
    Location at = appender.pending(id);
    try {
      return at != null ? at : index.get(id);
    } catch (IOException e) {
      throw Failures.of("looking up block " + id, e);
    }
  }
}
