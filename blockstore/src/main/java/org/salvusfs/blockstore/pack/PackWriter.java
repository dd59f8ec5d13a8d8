package org.salvusfs.blockstore.pack;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final Map<BlockId, Location> records = new LinkedHashMap<>();
  private boolean retired;
  private boolean dirty = true;

  /** Length up to which every byte was synced. Guarded by {@code syncLock}. */
  private long syncedEnd = PackFormat.HEADER_BYTES;

  private PackWriter(Pack pack, DiskFile file) {
    this.pack = pack;
    this.file = file;
  }

  /** Creates a pack and writes its header; leaves no file behind if that fails. */
  static PackWriter create(Disk disk, int number, OpenFiles files) throws IOException {
    String name = PackFormat.fileName(number);
    DiskFile file = disk.create(name);
    try {
      file.write(PackFormat.header(number), 0);
      return new PackWriter(new Pack(number, PackFormat.HEADER_BYTES, files), file);
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

  /**
   * Appends a record and makes it readable. If that fails the pack is as before, or retired.
   *
   * @param record a buffer with room for the record
   */
  Location append(BlockId id, byte[] sealed, int crc, ByteBuffer record) throws IOException {
    long offset = pack.dataEnd();
    PackFormat.putRecord(record.clear(), pack.number(), offset, id, sealed, crc);
    try {
      file.write(record.flip(), offset);
    } catch (IOException e) {
      retired |= !Failures.isFull(e);
      try {
        file.truncate(offset);
      } catch (IOException suppressed) {
        retired = true;
        e.addSuppressed(suppressed);
      }
      throw e;
    }
    var at = new Location(pack.number(), offset, sealed.length);
    records.put(id, at);
    dirty = true;
    pack.moveEnd(offset + PackFormat.recordBytes(sealed.length));
    return at;
  }

  /** Whether there is something to sync; it is taken for done from here on. */
  boolean takeDirty() {
    boolean was = dirty;
    dirty = false;
    return was;
  }

  /** fdatasync; records appended meanwhile may or may not be covered. */
  void sync(long end) throws IOException {
    file.sync();
    syncedEnd = end;
  }

  /** Whether a record of this pack was never synced. */
  boolean isUnsynced(Location at) {
    return at.pack() == pack.number() && at.offset() >= syncedEnd;
  }

  /** Cuts away what a failed sync left in doubt, so that the pack holds synced records only. */
  void cutToSynced() throws IOException {
    records.values().removeIf(at -> at.offset() >= syncedEnd);
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
    file.close();
  }
}
