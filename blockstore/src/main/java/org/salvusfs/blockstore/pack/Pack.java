package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.RecordHeader;

/** The reading side of a pack. Thread-safe. */
final class Pack {
  private final int number;
  private final String name;
  private final OpenFiles files;
  private volatile @Nullable PackTail tail;
  private volatile long dataEnd;
  private volatile boolean sealed;
  private volatile boolean deleted;

  /**
   * A pack whose records end at {@code dataEnd}.
   *
   * @param files opens it when it is read
   */
  Pack(int number, long dataEnd, OpenFiles files) {
    this.number = number;
    this.name = PackFormat.fileName(number);
    this.dataEnd = dataEnd;
    this.files = files;
  }

  /** A pack that is being written. */
  Pack(int number, OpenFiles files, PackTail tail) {
    this(number, PackFormat.HEADER_BYTES, files);
    this.tail = tail;
  }

  int number() {
    return number;
  }

  String name() {
    return name;
  }

  /** Where the last record ends. */
  long dataEnd() {
    return dataEnd;
  }

  /** How much of it is in the file: records behind that are in memory. */
  long writtenEnd() {
    PackTail unwritten = tail;
    return unwritten == null ? dataEnd : unwritten.writtenEnd(dataEnd);
  }

  /** Called by the writer when a record is complete or the pack was cut back. */
  void moveEnd(long end) {
    dataEnd = end;
  }

  /** Whether the file ends in a footer and trailer. */
  boolean isSealed() {
    return sealed;
  }

  void markSealed() {
    tail = null;
    sealed = true;
  }

  /** Whether the file is gone, or about to go. */
  boolean isDeleted() {
    return deleted;
  }

  void markDeleted() {
    deleted = true;
  }

  /** Whether the place is inside what was written. Older index entries may not be. */
  boolean holds(Location at) {
    return at.pack() == number
        && at.offset() >= PackFormat.HEADER_BYTES
        && at.length() >= 0
        && at.offset() + PackFormat.recordBytes(at.length()) <= dataEnd;
  }

  /**
   * The sealed block of a record.
   *
   * @throws Corrupt if there is no such record, or its bytes are damaged
   * @throws BlockStoreException.Failed if the disk fails
   */
  byte[] read(BlockId id, Location at) throws BlockStoreException {
    ByteBuffer record = files.buffers().take(PackFormat.RECORD_HEADER_BYTES + at.length());
    try {
      load(id, at, record);
      String fault = fault(id, at, record);
      if (fault != null) {
        throw new Corrupt("block %s in %s at %d: %s".formatted(id, name(), at.offset(), fault));
      }
      return payload(record);
    } finally {
      files.buffers().giveBack(record);
    }
  }

  /**
   * Reads the bytes in a record's place, whatever they are; fewer at the end of the file.
   *
   * @param record has room for exactly header and payload
   * @throws BlockStoreException.Failed if the disk fails
   */
  void load(BlockId id, Location at, ByteBuffer record) throws BlockStoreException {
    PackTail unwritten = tail;
    if (unwritten != null && unwritten.read(at.offset(), record)) {
      return;
    }
    try (OpenFiles.Use use = files.use(name())) {
      use.file().read(record, at.offset());
    } catch (IOException e) {
      throw Failures.of("reading block %s from %s at %d".formatted(id, name(), at.offset()), e);
    }
  }

  /** What is wrong with a record that was loaded; null: nothing that its checksums would tell. */
  @Nullable String fault(BlockId id, Location at, ByteBuffer record) {
    if (record.hasRemaining()) {
      return "the file ends inside the record";
    }
    RecordHeader header = PackFormat.recordHeader(record, 0, number, at.offset());
    if (header == null) {
      return "the record's header is damaged";
    }
    if (!header.id().equals(id) || header.payloadBytes() != at.length()) {
      return "another record is in its place, " + header.id();
    }
    return PackFormat.crc(record, PackFormat.RECORD_HEADER_BYTES, at.length())
            == header.payloadCrc()
        ? null
        : "the checksum of its bytes differs";
  }

  /** The sealed block of a record that was loaded and has no fault. */
  static byte[] payload(ByteBuffer record) {
    byte[] sealed = new byte[record.limit() - PackFormat.RECORD_HEADER_BYTES];
    record.get(PackFormat.RECORD_HEADER_BYTES, sealed);
    return sealed;
  }

  /** The file, for scans. */
  OpenFiles.Use open() throws IOException {
    return files.use(name());
  }

  /** The first bytes of a pack file, at most a header's. */
  static ByteBuffer header(DiskFile file) throws IOException {
    var header = ByteBuffer.allocate(PackFormat.HEADER_BYTES);
    file.read(header, 0);
    return header.flip();
  }
}
