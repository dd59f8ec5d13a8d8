package org.salvusfs.blockstore.chunker;

import java.nio.ByteBuffer;
import java.util.Arrays;
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

  private static final byte[] ZEROS = new byte[BYTES_MAX];

  private final long[] gear = new long[256];
  private final int zerosCut;

  public FastCdc(KeyDomain keys) {
    ByteBuffer.wrap(keys.gearSeed()).asLongBuffer().get(gear);
    zerosCut = cut(ZEROS, 0, BYTES_MAX);
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
    if (length >= BYTES_MAX && isZeros(data, offset)) {
      return zerosCut;
    }
    return cut(data, offset, Math.min(length, BYTES_MAX));
  }

  /**
   * Whether the next {@link #BYTES_MAX} bytes are zeros: disk images and databases are full of
   * them.
   */
  public static boolean isZeros(byte[] data, int offset) {
    return Arrays.equals(data, offset, offset + BYTES_MAX, ZEROS, 0, BYTES_MAX);
  }

  private int cut(byte[] data, int offset, int length) {
    int end = offset + length;
    int average = Math.min(end, offset + BYTES_AVERAGE);
    int found = scan(data, offset + BYTES_MIN - 1, average, RARE);
    if (found < 0) {
      found = scan(data, average, end, FREQUENT);
    }
    return found < 0 ? length : found + 1 - offset;
  }

  /**
   * The first byte of {@code [from, to)} whose fingerprint has zeros where the mask has ones, or
   * -1. Takes two bytes at a time, so that the sum for the next two need not wait for each of them.
   */
  private int scan(byte[] data, int from, int to, long mask) {
    long hash = 0;
    int at = from - (WINDOW_BYTES - 1);
    for (; at < from; at++) {
      hash = (hash << 1) + gear[data[at] & 0xff];
    }
    for (; at < to - 1; at += 2) {
      long one = gear[data[at] & 0xff];
      long two = gear[data[at + 1] & 0xff];
      long before = (hash << 1) + one;
      hash = (hash << 2) + ((one << 1) + two);
      if ((before & mask) == 0) {
        return at;
      }
      if ((hash & mask) == 0) {
        return at + 1;
      }
    }
    return at < to && ((hash << 1) + gear[data[at] & 0xff] & mask) == 0 ? at : -1;
  }
}
