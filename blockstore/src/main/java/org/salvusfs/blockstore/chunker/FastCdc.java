package org.salvusfs.blockstore.chunker;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.salvusfs.blockstore.api.KeyDomain;

/**
 * FastCDC: content-defined chunking by a gear hash with normalised chunk sizes.
 *
 * <p>The gear hash {@code h = (h << 1) + gear[byte]} forgets a byte after 64 steps, so its top bits
 * are a fingerprint of the last 64 bytes. A chunk ends behind the first byte, not before {@link
 * #BYTES_MIN}, whose fingerprint starts with enough zero bits: 18 before the average size, 14
 * behind it, which draws the sizes together. Hashing starts 64 bytes before the minimum, so that a
 * cut depends on those 64 bytes alone and not on where the chunk began.
 *
 * <p>The gear table is secret (derived from the key domain): under a known table the lengths of a
 * file's chunks would tell which file it is.
 *
 * @see "Xia et al., FastCDC: a Fast and Efficient Content-Defined Chunking Approach, USENIX ATC
 *     2016"
 */
public final class FastCdc {
  /** No chunk but the last of a file is shorter. */
  public static final int BYTES_MIN = 16 << 10;

  /** Where cuts become easier. */
  public static final int BYTES_AVERAGE = 64 << 10;

  /** No chunk is longer. */
  public static final int BYTES_MAX = 256 << 10;

  private static final int WINDOW_BYTES = Long.SIZE;
  private static final long RARE = -1L << (Long.SIZE - 18);
  private static final long FREQUENT = -1L << (Long.SIZE - 14);

  private final long[] gear = new long[256];

  public FastCdc(KeyDomain keys) {
    ByteBuffer.wrap(keys.gearSeed()).asLongBuffer().get(gear);
  }

  /**
   * See {@link org.salvusfs.blockstore.api.Chunks#cut}.
   *
   * @throws IllegalArgumentException if there is nothing to cut and the data ends here
   */
  public int cut(byte[] data, int offset, int length, boolean last) {
    Objects.checkFromIndexSize(offset, length, data.length);
    if (length < BYTES_MAX && !last) {
      return -1;
    }
    if (length <= BYTES_MIN) {
      if (length == 0) {
        throw new IllegalArgumentException("there is nothing to cut");
      }
      return length;
    }
    int end = offset + Math.min(length, BYTES_MAX);
    int average = Math.min(end, offset + BYTES_AVERAGE);
    int at = offset + BYTES_MIN - WINDOW_BYTES;
    long hash = 0;
    for (; at < offset + BYTES_MIN - 1; at++) {
      hash = (hash << 1) + gear[data[at] & 0xff];
    }
    for (; at < average; at++) {
      hash = (hash << 1) + gear[data[at] & 0xff];
      if ((hash & RARE) == 0) {
        return at + 1 - offset;
      }
    }
    for (; at < end; at++) {
      hash = (hash << 1) + gear[data[at] & 0xff];
      if ((hash & FREQUENT) == 0) {
        return at + 1 - offset;
      }
    }
    return end - offset;
  }
}
