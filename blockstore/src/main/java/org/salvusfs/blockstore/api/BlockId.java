package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The name of an immutable block (a chunk or a tree node): HMAC-SHA-256 of its plaintext under the
 * key domain's id key. Ordered as 32 unsigned bytes.
 *
 * @param w0 bytes 0–7, big-endian
 * @param w1 bytes 8–15
 * @param w2 bytes 16–23
 * @param w3 bytes 24–31
 */
public record BlockId(long w0, long w1, long w2, long w3) implements Comparable<BlockId> {
  /** Length of an encoded id. */
  public static final int BYTES = 32;

  /** Reads the next 32 bytes of a big-endian buffer. */
  public static BlockId read(ByteBuffer from) {
    return new BlockId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /**
   * The id held by exactly 32 bytes.
   *
   * @throws IllegalArgumentException if the array has another length
   */
  public static BlockId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a block id has 32 bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /** The id written as 64 hexadecimal digits, the form of {@link #toString()}. */
  public static BlockId parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** Appends the 32 bytes to a big-endian buffer. */
  public void write(ByteBuffer to) {
    to.putLong(w0).putLong(w1).putLong(w2).putLong(w3);
  }

  /** A new array of 32 bytes. */
  public byte[] toBytes() {
    var bytes = ByteBuffer.allocate(BYTES);
    write(bytes);
    return bytes.array();
  }

  @Override
  public int compareTo(BlockId other) {
    int c = Long.compareUnsigned(w0, other.w0);
    if (c == 0) {
      c = Long.compareUnsigned(w1, other.w1);
    }
    if (c == 0) {
      c = Long.compareUnsigned(w2, other.w2);
    }
    return c != 0 ? c : Long.compareUnsigned(w3, other.w3);
  }

  /** The first word: the id is a MAC, so any of its words is a perfect hash. */
  @Override
  public int hashCode() {
    return Long.hashCode(w0);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(toBytes());
  }
}
