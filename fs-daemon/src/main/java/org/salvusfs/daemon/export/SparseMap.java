package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;

/**
 * What stands before the contents of a sparse file: how many stretches there are, and offset and
 * length of each, in decimal, each number with a line feed behind it, filled up to whole blocks. A
 * hole at the end is told by a stretch without length there. It is written from the stretches
 * again, because a file may have very many.
 *
 * @see "GNU tar manual, Appendix D.2: Storing Sparse Files, version 1.0"
 */
final class SparseMap {
  /** Takes bytes. */
  @FunctionalInterface
  interface Sink {
    void put(byte[] bytes) throws IOException;
  }

  private final Stretches stretches;
  private final long sizeBytes;
  private long count;
  private long lineBytes;
  private long dataBytes;
  private long end;
  private boolean isHoleLast;

  private SparseMap(Stretches stretches, long sizeBytes) {
    this.stretches = stretches;
    this.sizeBytes = sizeBytes;
  }

  /** Looks through the stretches once. */
  static SparseMap of(Stretches stretches, long sizeBytes) throws IOException {
    var map = new SparseMap(stretches, sizeBytes);
    stretches.forEach(map::count);
    map.isHoleLast = map.end < sizeBytes;
    if (map.isHoleLast) {
      map.count(sizeBytes, 0);
    }
    map.lineBytes += line(map.count).length;
    return map;
  }

  private void count(long offset, long length) {
    count++;
    lineBytes += line(offset).length + line(length).length;
    dataBytes += length;
    end = offset + length;
  }

  private static byte[] line(long number) {
    return (number + "\n").getBytes(US_ASCII);
  }

  private static long roundedUp(long bytes) {
    return (bytes + TarHeader.BYTES - 1) / TarHeader.BYTES * TarHeader.BYTES;
  }

  /** How long the map and the stretches are; only the last one may end within a block. */
  long storedBytes() {
    return roundedUp(lineBytes) + dataBytes;
  }

  /** Writes the lines; filling up is the caller's. */
  void write(Sink sink) throws IOException {
    sink.put(line(count));
    stretches.forEach(
        (offset, length) -> {
          sink.put(line(offset));
          sink.put(line(length));
        });
    if (isHoleLast) {
      sink.put(line(sizeBytes));
      sink.put(line(0));
    }
  }
}
