package org.salvusfs.blockstore.pack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.Location;

/**
 * The writing side of one pack from its creation to its seal.
 *
 * <p>Guarded by the store's {@code appendLock}, except {@link #sync} and {@link #seal}, which the
 * holder of {@code syncLock} calls.
 */
final class PackWriter implements Closeable {
  private final Pack pack;
  private final DiskFile file;
  private final PackTail tail;
  private final Map<BlockId, Location> records = new LinkedHashMap<>();
  private boolean retired;
  private boolean dirty = true;

  /** Length up to which every byte was synced. Guarded by {@code syncLock}. */
  private long syncedEnd = PackFormat.HEADER_BYTES;

  private PackWriter(Pack pack, DiskFile file, PackTail tail) {
    this.pack = pack;
    this.file = file;
    this.tail = tail;
  }

  /**
   * Creates a pack and writes its header; leaves no file behind if that fails.
   *
   * @param buffers of {@link PackTail#buffers}
   */
  static PackWriter create(
      Disk disk, int number, OpenFiles files, RecordBuffers buffers, long packBytesMax)
      throws IOException {
    String name = PackFormat.fileName(number);
    DiskFile file = disk.create(name);
    try {
      file.write(PackFormat.header(number), 0);
      var tail = new PackTail(file, buffers, packBytesMax);
      return new PackWriter(new Pack(number, files, tail), file, tail);
    } catch (IOException e) {
      try (file) {
        disk.delete(name);
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  Pack pack() {
    return pack;
  }

  /** Whether no more records go into this pack. */
  boolean isRetired() {
    return retired;
  }

  void retire() {
    retired = true;
  }

  boolean hasRecords() {
    return !records.isEmpty();
  }

  /** A copy of where its records are. */
  Map<BlockId, Location> records() {
    return new LinkedHashMap<>(records);
  }

  /** Appends a record and makes it readable. If that fails the pack is as before, or retired. */
  Location append(BlockId id, byte[] sealed, int crc) throws IOException {
    long offset = pack.dataEnd();
    int bytes = Math.toIntExact(PackFormat.recordBytes(sealed.length));
    ByteBuffer room = room(offset, bytes);
    if (room != null) {
      PackFormat.putRecord(room, pack.number(), offset, id, sealed, crc);
    } else {
      var record = ByteBuffer.allocate(bytes);
      PackFormat.putRecord(record, pack.number(), offset, id, sealed, crc);
      write(record.flip(), offset);
    }
    var at = new Location(pack.number(), offset, sealed.length);
    records.put(id, at);
    dirty = true;
    pack.moveEnd(offset + bytes);
    return at;
  }

  private @Nullable ByteBuffer room(long offset, int bytes) throws IOException {
    try {
      return tail.room(offset, bytes);
    } catch (IOException e) {
      retired = true;
      throw e;
    }
  }

  private void write(ByteBuffer record, long offset) throws IOException {
    try {
      file.write(record, offset);
    } catch (IOException e) {
      retired |= !Failures.isFull(e);
      try {
        tail.cut(offset);
        file.truncate(offset);
      } catch (IOException suppressed) {
        retired = true;
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** Writes what is complete of what was appended, unless somebody is at it. Takes no lock. */
  void writeAhead() throws IOException {
    tail.writeAhead();
  }

  /** Whether there is something to sync; it is taken for done from here on. */
  boolean takeDirty() {
    boolean was = dirty;
    dirty = false;
    return was;
  }

  /**
   * Writes what was appended before, and calls fdatasync; what is appended meanwhile may or may not
   * be covered.
   *
   * @param appendLock is not held by the caller
   */
  void sync(long end, ReentrantLock appendLock) throws IOException {
    tail.write(); // or it would be written under the lock
    appendLock.lock();
    try {
      tail.turn();
    } finally {
      appendLock.unlock();
    }
    tail.write();
    file.sync();
    syncedEnd = end;
    appendLock.lock();
    try {
      tail.trim(pack.dataEnd());
    } finally {
      appendLock.unlock();
    }
  }

  /** Whether a record of this pack was never synced. */
  boolean isUnsynced(Location at) {
    return at.pack() == pack.number() && at.offset() >= syncedEnd;
  }

  /** Cuts away what a failed sync left in doubt, so that the pack holds synced records only. */
  void cutToSynced() throws IOException {
    records.values().removeIf(at -> at.offset() >= syncedEnd);
    tail.drop();
    pack.moveEnd(syncedEnd);
    file.truncate(syncedEnd);
    file.sync();
  }

  /** Writes footer and trailer behind synced records, and syncs them. */
  void seal() throws IOException {
    long end = pack.dataEnd();
    if (file.size() > end) {
      file.truncate(end);
    }
    PackFooter.append(pack.number(), file, end, records);
    pack.markSealed();
  }

  @Override
  public void close() throws IOException {
    tail.drop();
    file.close();
  }
}
