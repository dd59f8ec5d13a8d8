package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.disk.DiskFile;

/**
 * The end of a pack that is not in its file yet: records gather in a buffer, and go to the file in
 * one write when it is full or somebody syncs. One buffer fills while another one is written.
 *
 * <p>Room is reserved in the file before a record goes into a buffer, so a full disk refuses it
 * while its block is still in somebody's hands. Where nothing can be reserved there is no tail.
 *
 * <p>What is here is read from here, and stays until it was written, however often that fails.
 *
 * @see "docs/decisions/033-packs-are-written-past-the-page-cache.md"
 */
final class PackTail {
  private static final int BUFFER_BYTES = 2 << 20;
  private static final int RESERVED_BYTES = 8 << 20;

  private final DiskFile file;
  private final RecordBuffers buffers;
  private final long packBytesMax;

  /** Held while {@code full} is written. Taken with or without {@code appendLock}. */
  private final ReentrantLock writing = new ReentrantLock();

  // Changed under appendLock.
  private long reservedEnd;

  // Changed under this object's monitor. Only who holds appendLock begins or fills a segment.
  private @Nullable Segment filling;
  private @Nullable Segment full;

  /**
   * A part of the pack.
   *
   * @param base offset in the pack of what lies at index 0, a multiple of a block
   * @param start offset of the first byte
   * @param buffer its position is where the next record goes
   */
  private record Segment(long base, long start, ByteBuffer buffer) {
    boolean holds(long offset) {
      return offset >= start && offset < base + buffer.position();
    }

    void read(long offset, ByteBuffer into) {
      int at = Math.toIntExact(offset - base);
      into.put(buffer.slice(at, Math.min(into.remaining(), buffer.position() - at)));
    }

    void writeTo(DiskFile file) throws IOException {
      int first = Math.toIntExact(start - base);
      file.writeDirect(buffer.duplicate().flip().position(first), start);
    }
  }

  PackTail(DiskFile file, RecordBuffers buffers, long packBytesMax) {
    this.file = file;
    this.buffers = buffers;
    this.packBytesMax = packBytesMax;
  }

  /** For the tails of a store's packs. */
  static RecordBuffers buffers(long packBytesMax) {
    return new RecordBuffers(
        Math.toIntExact(Math.min(BUFFER_BYTES, packBytesMax)) + DiskFile.BLOCK_BYTES);
  }

  /**
   * Where the pack's next record is to be put; null: it must be written to the file. Under {@code
   * appendLock}.
   *
   * @throws IOException if what is here cannot be written
   */
  @Nullable ByteBuffer room(long offset, int bytes) throws IOException {
    Segment segment = filling;
    if (segment == null || segment.buffer().remaining() < bytes) {
      turn();
      segment = begin(offset, bytes);
    }
    return segment == null ? null : segment.buffer();
  }

  private @Nullable Segment begin(long offset, int bytes) throws IOException {
    if (bytes > buffers.bytes() - DiskFile.BLOCK_BYTES || !reserve(offset, bytes)) {
      return null;
    }
    long base = offset & -DiskFile.BLOCK_BYTES;
    int length = (int) Math.min(buffers.bytes(), reservedEnd - base);
    var segment = new Segment(base, offset, buffers.take(length).position((int) (offset - base)));
    synchronized (this) {
      filling = segment;
    }
    return segment;
  }

  private boolean reserve(long offset, int bytes) throws IOException {
    if (offset + bytes <= reservedEnd) {
      return true;
    }
    long length = Math.max(bytes, Math.min(RESERVED_BYTES, packBytesMax - offset));
    if (!file.reserve(offset, length)) {
      return false;
    }
    reservedEnd = offset + length;
    return true;
  }

  /** The file was cut there. Under {@code appendLock}. */
  void cut(long offset) {
    reservedEnd = Math.min(reservedEnd, offset);
  }

  /** Gives back the room that nothing was put into. Under {@code appendLock}. */
  void trim(long dataEnd) throws IOException {
    if (filling == null && reservedEnd > dataEnd) {
      reservedEnd = dataEnd;
      file.truncate(dataEnd);
    }
  }

  /** Lets what is here be written, whatever its length, by {@link #write}. Under appendLock. */
  void turn() throws IOException {
    if (filling != null) {
      write();
      synchronized (this) {
        full = filling;
        filling = null;
      }
    }
  }

  /** Writes what is full, or waits until somebody else has. */
  void write() throws IOException {
    writing.lock();
    try {
      writeFull();
    } finally {
      writing.unlock();
    }
  }

  /** Writes what is full unless somebody is at it. */
  void writeAhead() throws IOException {
    if (full() != null && writing.tryLock()) {
      try {
        writeFull();
      } finally {
        writing.unlock();
      }
    }
  }

  private void writeFull() throws IOException {
    Segment segment = full();
    if (segment != null) {
      segment.writeTo(file);
      synchronized (this) {
        full = null;
      }
      buffers.giveBack(segment.buffer());
    }
  }

  private synchronized @Nullable Segment full() {
    return full;
  }

  /** Reads what begins there; false if it is not here, but in the file. */
  synchronized boolean read(long offset, ByteBuffer into) {
    for (Segment segment : new Segment[] {full, filling}) {
      if (segment != null && segment.holds(offset)) {
        segment.read(offset, into);
        return true;
      }
    }
    return false;
  }

  /** How far a pack that ends at {@code dataEnd} is in its file. */
  synchronized long writtenEnd(long dataEnd) {
    Segment first = full == null ? filling : full;
    return first == null ? dataEnd : Math.min(first.start(), dataEnd);
  }

  /** Forgets what is here. Nothing of it is being written, or will be. */
  void drop() {
    writing.lock();
    try {
      synchronized (this) {
        full = null;
        filling = null;
      }
    } finally {
      writing.unlock();
    }
  }
}
