package org.salvusfs.metadata.tree;

import java.util.Arrays;
import java.util.BitSet;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Items of one level in ascending order, on their way into nodes: laid out as in {@link Node}, but
 * growing, and knowing how long any run of them would be when encoded. Of one thread.
 */
final class Items {
  private final int level;
  private byte[] bytes = new byte[4 << 10];
  private int[] at = new int[129];

  /** Encoded length of items 0..i, each behind its predecessor. */
  private int[] sums = new int[64];

  private final BitSet fresh = new BitSet();
  private int count;

  Items(int level) {
    this.level = level;
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Appends an item; {@code isFresh} if it stands where no item stood before. */
  void add(
      byte[] keyIn,
      int keyFrom,
      int keyTo,
      byte[] valueIn,
      int valueFrom,
      int valueTo,
      boolean isFresh) {
    int keyStart = at[2 * count];
    int keyBytes = keyTo - keyFrom;
    int valueBytes = valueTo - valueFrom;
    reserve(keyBytes + valueBytes);
    System.arraycopy(keyIn, keyFrom, bytes, keyStart, keyBytes);
    System.arraycopy(valueIn, valueFrom, bytes, keyStart + keyBytes, valueBytes);
    int shared = 0;
    if (count > 0) {
      int before = at[2 * count - 2];
      shared =
          NodeCodec.sharedBytes(bytes, before, at[2 * count - 1], keyStart, keyStart + keyBytes);
    }
    append(shared, keyBytes, valueBytes);
    fresh.set(count - 1, isFresh);
  }

  /** Appends items {@code [from, to)} of a node. */
  void addAll(Node node, int from, int to) {
    byte[] flat = node.flat();
    for (int i = from; i < to; i++) {
      int valueAt = node.valueStart(i);
      add(flat, node.keyStart(i), valueAt, flat, valueAt, node.valueEnd(i), false);
    }
  }

  /** Appends an item whose key shares its first bytes with the last one. */
  void addSuffix(
      int shared, byte[] in, int suffixAt, int suffixBytes, int valueAt, int valueBytes) {
    int keyStart = at[2 * count];
    reserve(shared + suffixBytes + valueBytes);
    if (shared > 0) {
      System.arraycopy(bytes, at[2 * count - 2], bytes, keyStart, shared);
    }
    System.arraycopy(in, suffixAt, bytes, keyStart + shared, suffixBytes);
    System.arraycopy(in, valueAt, bytes, keyStart + shared + suffixBytes, valueBytes);
    append(shared, shared + suffixBytes, valueBytes);
  }

  private void reserve(int moreBytes) {
    int end = at[2 * count];
    if (bytes.length - end < moreBytes) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, end + moreBytes));
    }
    if (count == sums.length) {
      sums = Arrays.copyOf(sums, 2 * count);
      at = Arrays.copyOf(at, 4 * count + 1);
    }
  }

  private void append(int shared, int keyBytes, int valueBytes) {
    int keyStart = at[2 * count];
    at[2 * count + 1] = keyStart + keyBytes;
    at[2 * count + 2] = keyStart + keyBytes + valueBytes;
    sums[count] =
        (count == 0 ? 0 : sums[count - 1])
            + NodeCodec.itemBytes(level, shared, keyBytes, valueBytes);
    count++;
  }

  /** Length of the last key. */
  int lastKeyBytes() {
    return at[2 * count - 1] - at[2 * count - 2];
  }

  /** Whether the last key is greater than the one before it. */
  boolean lastAscends() {
    return count < 2
        || Arrays.compareUnsigned(
                bytes,
                at[2 * count - 4],
                at[2 * count - 3],
                bytes,
                at[2 * count - 2],
                at[2 * count - 1])
            < 0;
  }

  /** Encoded length of a node that holds items {@code [from, to)}. */
  int encodedBytes(int from, int to) {
    if (from == to) {
      return NodeCodec.HEADER_BYTES;
    }
    int keyBytes = at[2 * from + 1] - at[2 * from];
    int valueBytes = at[2 * from + 2] - at[2 * from + 1];
    return NodeCodec.HEADER_BYTES
        + NodeCodec.itemBytes(level, 0, keyBytes, valueBytes)
        + sums[to - 1]
        - sums[from];
  }

  int encodedBytes() {
    return encodedBytes(0, count);
  }

  /** Whether items {@code [from, to)} are too few to be a node below the root. */
  boolean isUnderfull(int from, int to, NodeLimits limits) {
    return to - from < (level == 0 ? 1 : 2) || encodedBytes(from, to) < limits.bytesMin();
  }

  /**
   * The end of a node that begins with item {@code from}: as long as possible within {@code
   * targetBytes}, but neither it nor what remains may be underfull. The count if there is no such
   * cut.
   */
  int cut(int from, int targetBytes, NodeLimits limits) {
    int end = from + 1;
    while (end < count && encodedBytes(from, end + 1) <= targetBytes) {
      end++;
    }
    while (end < count && isUnderfull(from, end, limits)) {
      end++;
    }
    while (end > from && isUnderfull(end, count, limits)) {
      end--;
    }
    return isUnderfull(from, end, limits) ? count : end;
  }

  /**
   * Whether what is fresh is one run that ends the items or is long: then more is likely to follow
   * behind the run, and nodes before its end are best left full.
   */
  boolean isGrowingRun(NodeLimits limits) {
    int first = fresh.nextSetBit(0);
    if (first < 0) {
      return false;
    }
    int end = fresh.nextClearBit(first);
    return end == fresh.length()
        && (end == count || encodedBytes(first, end) >= limits.bytesMax() / 2);
  }

  /** The node that holds items {@code [from, to)}. */
  Node toNode(ProjectId project, long birthTxg, int from, int to) {
    int base = at[2 * from];
    int[] offsets = Arrays.copyOfRange(at, 2 * from, 2 * to + 1);
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] -= base;
    }
    return new Node(
        project,
        birthTxg,
        level,
        encodedBytes(from, to),
        Arrays.copyOfRange(bytes, base, at[2 * to]),
        offsets);
  }

  /** Drops the items before {@code from}. */
  void removeBefore(int from) {
    int base = at[2 * from];
    int sumBefore = encodedBytes(from, from + 1) - NodeCodec.HEADER_BYTES - sums[from];
    System.arraycopy(bytes, base, bytes, 0, at[2 * count] - base);
    for (int i = from; i < count; i++) {
      at[2 * (i - from)] = at[2 * i] - base;
      at[2 * (i - from) + 1] = at[2 * i + 1] - base;
      sums[i - from] = sums[i] + sumBefore;
      fresh.set(i - from, fresh.get(i));
    }
    at[2 * (count - from)] = at[2 * count] - base;
    fresh.clear(count - from, count);
    count -= from;
  }

  void removeLast() {
    count--;
    fresh.clear(count);
  }

  void clear() {
    count = 0;
    fresh.clear();
  }
}
