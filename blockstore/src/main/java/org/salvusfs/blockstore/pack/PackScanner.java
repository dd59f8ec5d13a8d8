package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.pack.PackFormat.RecordHeader;

/**
 * Finds every intact record of a pack without the help of footer or index.
 *
 * <p>A torn or damaged record does not hide those behind it: if its header is intact its length
 * leads on, otherwise the next header is searched. What is found is true: a header is valid only in
 * its own place, and a payload only with its checksum.
 */
final class PackScanner {
  /** Receives what is found, in order of offset. */
  interface Sink {
    /**
     * An intact record.
     *
     * @param payload the sealed block, valid during the call only
     */
    void intact(long offset, BlockId id, ByteBuffer payload) throws IOException;

    /**
     * Bytes that are no intact record.
     *
     * @param header what they were, if that much is intact
     */
    void damaged(long offset, long bytes, @Nullable RecordHeader header) throws IOException;
  }

  private static final int WINDOW_BYTES = 1 << 20;

  private final int pack;
  private final DiskFile file;
  private final long end;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long windowStart;

  /**
   * A scanner of the records from the header up to {@code end}.
   *
   * @param end at most the file's length
   */
  PackScanner(int pack, DiskFile file, long end) {
    this.pack = pack;
    this.file = file;
    this.end = end;
  }

  /** Reports everything; returns where the last intact record ends. */
  long scan(Sink sink) throws IOException {
    return scan(PackFormat.HEADER_BYTES, sink);
  }

  /** The same from the end of a record on, or of the pack's header. */
  long scan(long from, Sink sink) throws IOException {
    long intactEnd = from;
    long at = from;
    while (at < end) {
      RecordHeader header = header(at);
      if (header == null) {
        long next = nextHeader(at + PackFormat.ALIGNMENT);
        sink.damaged(at, next - at, null);
        at = next;
        continue;
      }
      ByteBuffer payload = payload(at, header);
      if (payload == null) {
        sink.damaged(at, Math.min(end - at, header.recordBytes()), header);
      } else {
        sink.intact(at, header.id(), payload);
        intactEnd = at + header.recordBytes();
      }
      at += header.recordBytes();
    }
    return intactEnd;
  }

  private @Nullable RecordHeader header(long at) throws IOException {
    return load(at, PackFormat.RECORD_HEADER_BYTES)
        ? PackFormat.recordHeader(window, (int) (at - windowStart), pack, at)
        : null;
  }

  private @Nullable ByteBuffer payload(long at, RecordHeader header) throws IOException {
    // A record may lack its padding at the end of the file, never a byte of its payload.
    if (!load(at, PackFormat.RECORD_HEADER_BYTES + header.payloadBytes())) {
      return null;
    }
    int start = (int) (at - windowStart) + PackFormat.RECORD_HEADER_BYTES;
    return PackFormat.crc(window, start, header.payloadBytes()) == header.payloadCrc()
        ? window.slice(start, header.payloadBytes())
        : null;
  }

  private long nextHeader(long from) throws IOException {
    long at = from;
    while (load(at, PackFormat.RECORD_HEADER_BYTES)) {
      int last = window.limit() - PackFormat.RECORD_HEADER_BYTES;
      int i = (int) (at - windowStart);
      for (; i <= last; i += PackFormat.ALIGNMENT) {
        if (window.getInt(i) == PackFormat.RECORD_MAGIC
            && PackFormat.recordHeader(window, i, pack, windowStart + i) != null) {
          return windowStart + i;
        }
      }
      at = windowStart + i;
    }
    return end;
  }

  /** Makes {@code [at, at + bytes)} lie in the window; false if the pack ends before. */
  private boolean load(long at, int bytes) throws IOException {
    if (at + bytes > end) {
      return false;
    }
    if (at >= windowStart && at + bytes <= windowStart + window.limit()) {
      return true;
    }
    if (bytes > window.capacity()) {
      window = ByteBuffer.allocate(bytes);
    }
    window.clear().limit((int) Math.min(window.capacity(), end - at));
    windowStart = at;
    int read = file.read(window, at);
    window.limit(read).position(0);
    return read >= bytes;
  }
}
