package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.index.ChunkIndex;
import org.salvusfs.blockstore.index.Location;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing side of the store: appends, group commit, roll-over, and what follows a failed sync.
 *
 * <p>{@link #sync} takes a number under {@code appendLock} and queues for {@code syncLock}; whoever
 * gets it syncs for all that queued before, who then find their number reached.
 */
final class PackAppender {
  private static final Logger log = LoggerFactory.getLogger(PackAppender.class);

  /**
   * How much may be appended before one of those who append syncs it. So the disk works while the
   * others make chunks, and the sync that somebody waits for finds little left to do.
   */
  static final long SYNC_AHEAD_BYTES = 32 << 20;

  private final Disk disk;
  private final ChunkIndex index;
  private final OpenFiles files;
  private final Map<Integer, Pack> packs;
  private final long packBytesMax;
  private final RecordBuffers buffers;

  private final ReentrantLock syncLock = new ReentrantLock();
  private final ReentrantLock appendLock = new ReentrantLock();

  /** Readable blocks that are not in the index. Written under {@code appendLock}. */
  private final ConcurrentHashMap<BlockId, Location> pending = new ConcurrentHashMap<>();

  // Guarded by appendLock.
  private final List<PackWriter> unsealed = new ArrayList<>();
  private @Nullable PackWriter active;
  private int nextNumber;
  private long appended;
  private long unsyncedBytes;
  private long created;
  private boolean closed;

  /** Blocks that a failed sync destroyed and that nobody has put again. */
  private final Set<BlockId> lost = ConcurrentHashMap.newKeySet();

  // Guarded by syncLock.
  private final List<PackWriter> doubtful = new ArrayList<>();
  private long synced;
  private long createdSynced;

  PackAppender(
      Disk disk,
      ChunkIndex index,
      OpenFiles files,
      Map<Integer, Pack> packs,
      int nextNumber,
      long packBytesMax) {
    this.disk = disk;
    this.index = index;
    this.files = files;
    this.packs = packs;
    this.nextNumber = nextNumber;
    this.packBytesMax = packBytesMax;
    this.buffers = PackTail.buffers(packBytesMax);
  }

  @Nullable Location pending(BlockId id) {
    return pending.get(id);
  }

  /**
   * Appends a record; false if the block is pending already.
   *
   * @param replace appends even then, because what is there was found damaged
   */
  boolean append(BlockId id, byte[] sealed, boolean replace) throws BlockStoreException {
    if (sealed.length > PackFormat.PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("a block of " + sealed.length + " bytes is too long");
    }
    int crc = PackFormat.crc(sealed);
    PackWriter writer;
    boolean rolled;
    boolean due;
    appendLock.lock();
    try {
      if (pending.containsKey(id) && !replace) {
        return false;
      }
      PackWriter before = active;
      writer = writerFor(sealed.length);
      pending.put(id, append(writer, id, sealed, crc));
      lost.remove(id);
      rolled = before != null && before.isRetired();
      due = unsyncedBytes >= SYNC_AHEAD_BYTES;
    } catch (IOException e) {
      throw Failures.of("appending block " + id, e);
    } finally {
      appendLock.unlock();
    }
    writeAhead(writer);
    if (rolled) {
      // Whoever fills a pack waits for its seal: un-synced data stays within about one pack.
      sync();
    } else if (due) {
      syncAhead();
    }
    return true;
  }

  private static void writeAhead(PackWriter writer) throws BlockStoreException {
    try {
      writer.writeAhead();
    } catch (IOException e) {
      throw Failures.of("writing " + writer.pack().name(), e);
    }
  }

  /** Syncs what was appended unless somebody else is at it. */
  private void syncAhead() throws BlockStoreException {
    if (!syncLock.tryLock()) {
      return;
    }
    try {
      flush();
    } finally {
      syncLock.unlock();
    }
  }

  /** See {@link org.salvusfs.blockstore.api.ChunkStore#sync()}. */
  void sync() throws BlockStoreException {
    long target;
    appendLock.lock();
    try {
      target = appended;
    } finally {
      appendLock.unlock();
    }
    syncLock.lock();
    try {
      if (synced < target || !lost.isEmpty()) {
        flush();
      }
    } finally {
      syncLock.unlock();
    }
  }

  /** What lies in the pack that is being written. */
  Map<BlockId, Location> activeRecords() {
    appendLock.lock();
    try {
      return active == null ? Map.of() : active.records();
    } finally {
      appendLock.unlock();
    }
  }

  /** Seals the pack that is being written, so that the next block begins another. */
  void seal() throws BlockStoreException {
    appendLock.lock();
    try {
      if (active != null && active.hasRecords()) {
        active.retire();
      }
    } finally {
      appendLock.unlock();
    }
    syncLock.lock();
    try {
      flush();
    } finally {
      syncLock.unlock();
    }
  }

  /**
   * Removes blocks from the index that still are where they are said to be; what was stored again
   * stays.
   */
  void forget(Map<BlockId, Location> places) throws IOException {
    syncLock.lock(); // under which the index is written
    try {
      for (var entry : places.entrySet()) {
        if (entry.getValue().equals(index.get(entry.getKey()))) {
          index.remove(entry.getKey());
        }
      }
    } finally {
      syncLock.unlock();
    }
  }

  /** Syncs and seals everything, and closes the files also if that fails. */
  void close() throws IOException {
    syncLock.lock();
    try {
      appendLock.lock();
      try {
        if (closed) {
          return;
        }
        closed = true;
        unsealed.forEach(PackWriter::retire);
        active = null;
      } finally {
        appendLock.unlock();
      }
      flushFiles();
    } finally {
      try {
        for (PackWriter writer : unsealed) {
          writer.close();
        }
      } finally {
        syncLock.unlock();
      }
    }
  }

  /** The pack that takes a block of this length next; the one before it is full. */
  private PackWriter writerFor(int payloadBytes) throws IOException {
    PackWriter writer = active;
    long bytes = PackFormat.recordBytes(payloadBytes);
    if (writer != null && writer.hasRecords() && writer.pack().dataEnd() + bytes > packBytesMax) {
      writer.retire();
    }
    return writer == null || writer.isRetired() ? begin() : writer;
  }

  private Location append(PackWriter writer, BlockId id, byte[] sealed, int crc)
      throws IOException {
    Location at = writer.append(id, sealed, crc);
    appended++;
    unsyncedBytes += PackFormat.recordBytes(sealed.length);
    return at;
  }

  /** A number is used up even if its file cannot be made: it may be there all the same. */
  private PackWriter begin() throws IOException {
    if (closed) {
      throw new IOException("the chunk store is closed");
    }
    PackWriter writer = PackWriter.create(disk, nextNumber++, files, buffers, packBytesMax);
    created++;
    packs.put(writer.pack().number(), writer.pack());
    unsealed.add(writer);
    active = writer;
    return writer;
  }

  /** What one sync makes durable: everything that was there when it was taken. */
  private record Batch(
      long appended,
      long created,
      Map<BlockId, Location> places,
      Map<PackWriter, Long> dirtyEnds,
      List<PackWriter> retired) {}

  private Batch take() {
    appendLock.lock();
    try {
      var dirtyEnds = new LinkedHashMap<PackWriter, Long>();
      var retired = new ArrayList<PackWriter>();
      for (PackWriter writer : unsealed) {
        if (writer.takeDirty()) {
          dirtyEnds.put(writer, writer.pack().dataEnd());
        }
        if (writer.isRetired()) {
          retired.add(writer);
        }
      }
      unsyncedBytes = 0;
      return new Batch(appended, created, new HashMap<>(pending), dirtyEnds, retired);
    } finally {
      appendLock.unlock();
    }
  }

  /** Under {@code syncLock}. */
  private void flush() throws BlockStoreException {
    try {
      flushFiles();
    } catch (IOException e) {
      throw Failures.of("syncing the packs", e);
    }
  }

  /** Under {@code syncLock}. A second try appends what a failed fdatasync lost to another pack. */
  private void flushFiles() throws IOException {
    rescue();
    Batch batch = take();
    IOException failure = syncFiles(batch);
    if (failure != null) {
      log.warn("fdatasync failed; what was not synced is written again to another pack", failure);
      rescue();
      batch = take();
      IOException again = syncFiles(batch);
      if (again != null) {
        again.addSuppressed(failure);
        throw again;
      }
    }
    if (createdSynced < batch.created()) {
      disk.syncDirectory();
      createdSynced = batch.created();
    }
    index.put(batch.places());
    batch.places().forEach(pending::remove);
    synced = batch.appended();
    for (PackWriter writer : batch.retired()) {
      finish(writer);
    }
    if (!lost.isEmpty()) {
      throw new IOException(
          lost.size()
              + " blocks were lost when a sync failed, among them "
              + lost.iterator().next());
    }
  }

  /** The first failure, or null. Packs that fail take no more records. */
  private @Nullable IOException syncFiles(Batch batch) {
    IOException failure = null;
    for (var entry : batch.dirtyEnds().entrySet()) {
      PackWriter writer = entry.getKey();
      try {
        writer.sync(entry.getValue(), appendLock);
      } catch (IOException e) {
        doubtful.add(writer);
        appendLock.lock();
        try {
          writer.retire();
        } finally {
          appendLock.unlock();
        }
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    return failure;
  }

  /** Appends the un-synced records of packs whose sync failed to another pack. */
  private void rescue() throws IOException {
    for (var writers = doubtful.iterator(); writers.hasNext(); ) {
      PackWriter writer = writers.next();
      appendLock.lock();
      try {
        for (var entry : pending.entrySet()) {
          if (writer.isUnsynced(entry.getValue())) {
            rescue(writer, entry.getKey(), entry.getValue());
          }
        }
      } finally {
        appendLock.unlock();
      }
      try {
        writer.cutToSynced();
      } catch (IOException e) {
        log.warn("{} keeps records that are stored elsewhere now", writer.pack().name(), e);
      }
      writers.remove();
    }
  }

  private void rescue(PackWriter from, BlockId id, Location at) throws IOException {
    byte[] sealed;
    try {
      sealed = from.pack().read(id, at);
    } catch (BlockStoreException e) {
      log.error("block {} was lost when a sync failed", id, e);
      pending.remove(id);
      lost.add(id);
      return;
    }
    pending.put(id, append(writerFor(sealed.length), id, sealed, PackFormat.crc(sealed)));
  }

  /**
   * Seals a pack of synced records. If that fails its records are safe, and the next sync tries.
   */
  private void finish(PackWriter writer) {
    try {
      writer.seal();
      index.cover(writer.pack().number(), writer.pack().dataEnd());
      appendLock.lock();
      try {
        unsealed.remove(writer);
      } finally {
        appendLock.unlock();
      }
      writer.close();
    } catch (IOException e) {
      log.warn("{} is not sealed yet; its records are safe", writer.pack().name(), e);
    }
  }
}
