package org.salvusfs.daemon.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.salvusfs.blockstore.api.BlockId;

/** What an {@link IntervalMap} keeps for a range of a file. Its key in the map is its offset. */
sealed interface Interval {
  long lengthBytes();

  /** The part {@code [from, from + length)} of this interval, in place of the whole. */
  Interval part(long from, long length);

  /** What readers see of it when it begins at {@code offset} in the file. */
  Piece at(long offset);

  /** About what an interval costs beside its array: itself, its map entry, its log mark. */
  int OVERHEAD_BYTES = 128;

  /** Heap that it keeps alive, so that many tiny changes are bounded like few large ones. */
  default int heldBytes() {
    return OVERHEAD_BYTES;
  }

  /** Zeros that hide what lower layers have there. */
  record Hole(long lengthBytes) implements Interval {
    @Override
    public Hole part(long from, long length) {
      return new Hole(length);
    }

    @Override
    public Piece at(long offset) {
      return new Piece.Zero(offset, lengthBytes);
    }
  }

  /** Bytes that are in a chunk already: logged earlier, or shared with another file. */
  record Stored(int length, BlockId chunk, int chunkOffset) implements Interval {
    @Override
    public long lengthBytes() {
      return length;
    }

    @Override
    public Stored part(long from, long partLength) {
      return new Stored((int) partLength, chunk, chunkOffset + (int) from);
    }

    @Override
    public Piece at(long offset) {
      return new Piece.InChunk(offset, length, chunk, chunkOffset);
    }
  }

  /**
   * Bytes in an array that belongs to this interval alone, which may overwrite them and grow. While
   * it is pinned somebody reads the array outside the file's lock, and it never changes.
   */
  final class Bytes implements Interval {
    /** Up to this length an interval grows when bytes are appended to it. */
    static final int GROWN_BYTES_MAX = 256 << 10;

    private byte[] array;
    private int start;
    private int length;
    private int pins;

    private Bytes(byte[] array, int start, int length, int pins) {
      this.array = array;
      this.start = start;
      this.length = length;
      this.pins = pins;
    }

    /** A copy of the next {@code length} bytes of {@code from}. */
    static Bytes take(ByteBuffer from, int length) {
      var array = new byte[length];
      from.get(array);
      return new Bytes(array, 0, length, 0);
    }

    @Override
    public long lengthBytes() {
      return length;
    }

    @Override
    public int heldBytes() {
      return OVERHEAD_BYTES + array.length;
    }

    boolean isPinned() {
      return pins > 0;
    }

    void pin() {
      pins++;
    }

    void unpin() {
      pins--;
    }

    /** Replaces bytes from {@code at} on by the next {@code count} of {@code from}. */
    void overwrite(int at, ByteBuffer from, int count) {
      from.get(array, start + at, count);
    }

    /** How many bytes {@link #append} may add. */
    int room() {
      return isPinned() ? 0 : Math.max(0, GROWN_BYTES_MAX - length);
    }

    /** Adds the next {@code count} bytes of {@code from}, at most {@link #room()}. */
    void append(ByteBuffer from, int count) {
      if (start + length + count > array.length) {
        int capacity = Math.clamp(2L * length, length + count, GROWN_BYTES_MAX);
        array = Arrays.copyOfRange(array, start, start + capacity);
        start = 0;
      }
      from.get(array, start + length, count);
      length += count;
    }

    /**
     * Keeps the array if most of it stays in use, else copies: so no array has two owners, and what
     * is held is at most twice what is used.
     */
    @Override
    public Bytes part(long from, long partLength) {
      int begin = start + (int) from;
      int count = (int) partLength;
      return 2L * count > array.length
          ? new Bytes(array, begin, count, pins)
          : new Bytes(Arrays.copyOfRange(array, begin, begin + count), 0, count, 0);
    }

    @Override
    public Piece at(long offset) {
      return new Piece.Memory(offset, length, array, start);
    }
  }
}
