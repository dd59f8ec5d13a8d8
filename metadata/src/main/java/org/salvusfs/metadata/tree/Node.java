package org.salvusfs.metadata.tree;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.ProjectId;

/**
 * A decoded node: items in ascending order of key. In a leaf (level 0) an item is what the tree
 * holds; in an inner node its key is the least key under a child and its value that child's id.
 *
 * <p>Flat: all keys and values lie one behind the other in one array, with an array of offsets
 * beside it, so that a cached node is three objects, whatever it holds, and a binary search
 * allocates nothing. Immutable.
 */
public final class Node {
  private static final int OBJECT_BYTES = 96;

  private final ProjectId project;
  private final long birthTxg;
  private final int level;
  private final int encodedBytes;

  /** key 0, value 0, key 1, value 1, … */
  private final byte[] bytes;

  /** Item i's key begins at 2i, its value at 2i + 1; the last entry is the end. */
  private final int[] at;

  Node(ProjectId project, long birthTxg, int level, int encodedBytes, byte[] bytes, int[] at) {
    this.project = project;
    this.birthTxg = birthTxg;
    this.level = level;
    this.encodedBytes = encodedBytes;
    this.bytes = bytes;
    this.at = at;
  }

  /** The project whose tree this node belongs to. */
  public ProjectId project() {
    return project;
  }

  /** The txg whose commit made the node. */
  public long birthTxg() {
    return birthTxg;
  }

  /** Distance from the leaves, which are at 0. */
  public int level() {
    return level;
  }

  public boolean isLeaf() {
    return level == 0;
  }

  /** Number of items. */
  public int count() {
    return at.length >> 1;
  }

  /** A copy of an item's key. */
  public Key key(int index) {
    return Key.wrap(keyBytes(index));
  }

  /** A copy of an item's value. */
  public byte[] value(int index) {
    return Arrays.copyOfRange(bytes, at[2 * index + 1], at[2 * index + 2]);
  }

  /** The child that an inner node's item points to. */
  public BlockId child(int index) {
    return BlockId.read(ByteBuffer.wrap(bytes, at[2 * index + 1], BlockId.BYTES));
  }

  /** Length of the plaintext that {@link NodeCodec} makes of this node. */
  public int encodedBytes() {
    return encodedBytes;
  }

  /** About how much heap it takes. */
  public int heapBytes() {
    return OBJECT_BYTES + bytes.length + Integer.BYTES * at.length;
  }

  byte[] keyBytes(int index) {
    return Arrays.copyOfRange(bytes, at[2 * index], at[2 * index + 1]);
  }

  /** The flat array, for the codec and for {@link Items}. */
  byte[] flat() {
    return bytes;
  }

  int keyStart(int index) {
    return at[2 * index];
  }

  int valueStart(int index) {
    return at[2 * index + 1];
  }

  int valueEnd(int index) {
    return at[2 * index + 2];
  }

  boolean valueEquals(int index, byte[] value) {
    return Arrays.equals(bytes, at[2 * index + 1], at[2 * index + 2], value, 0, value.length);
  }

  /** Compares an item's key with another. */
  int compareKey(int index, byte[] key) {
    return Arrays.compareUnsigned(bytes, at[2 * index], at[2 * index + 1], key, 0, key.length);
  }

  /** Compares an item's key with one of another node. */
  int compareKey(int index, Node other, int otherIndex) {
    return Arrays.compareUnsigned(
        bytes,
        at[2 * index],
        at[2 * index + 1],
        other.bytes,
        other.at[2 * otherIndex],
        other.at[2 * otherIndex + 1]);
  }

  /** Index of the key, or -(index of the first greater one) - 1. */
  int find(byte[] key) {
    return find(key, 0);
  }

  /** {@link #find(byte[])} when all keys before {@code from} are known to be less. */
  int find(byte[] key, int from) {
    int low = from;
    int high = count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = compareKey(middle, key);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  /** Index of the first key that is not less; the count if all are. */
  int ceiling(byte[] key) {
    int found = find(key);
    return found >= 0 ? found : -found - 1;
  }

  /**
   * Index of the child whose range holds the key: the last one that is not greater, or the first.
   */
  int childFor(byte[] key) {
    int found = find(key);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }
}
