package org.salvusfs.metadata.api;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The key of an item: {@code (inode u64, kind u8, suffix bytes)}, big-endian, compared as unsigned
 * bytes, so that all of an inode sits together. Immutable.
 *
 * @see org.salvusfs.metadata.item.Keys
 */
public final class Key implements Comparable<Key> {
  /** Length of inode and kind, which every key has. */
  public static final int BYTES_MIN = 9;

  private final byte[] bytes;

  private Key(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Wraps an array, which must not be modified afterwards. */
  public static Key wrap(byte[] bytes) {
    return new Key(bytes);
  }

  /** The array itself: do not modify. */
  public byte[] bytes() {
    return bytes;
  }

  /** The inode number, bytes 0–7. */
  public long inode() {
    return ByteBuffer.wrap(bytes).getLong(0);
  }

  /** The kind, byte 8. */
  public byte kind() {
    return bytes[8];
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
