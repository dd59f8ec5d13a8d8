package org.salvusfs.daemon.data;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Intervals of one layer by their offsets; they never overlap. Not thread-safe: the file's lock
 * guards it until the layer is frozen; then it never changes.
 */
final class IntervalMap {
  private final TreeMap<Long, Interval> intervals = new TreeMap<>();
  private long heldBytes;

  /** Heap held by all intervals. */
  long heldBytes() {
    return heldBytes;
  }

  /** The intervals by offset, for reading. */
  NavigableMap<Long, Interval> all() {
    return intervals;
  }

  /** The offset of the interval that overlaps {@code [from, to)} first, or {@code to}. */
  long first(long from, long to) {
    var floor = intervals.floorEntry(from);
    if (floor != null && floor.getKey() + floor.getValue().lengthBytes() > from) {
      return floor.getKey();
    }
    Long next = intervals.ceilingKey(from);
    return next == null ? to : Math.min(next, to);
  }

  /** The intervals that overlap {@code [from, to)}, whole, by offset. */
  NavigableMap<Long, Interval> overlapping(long from, long to) {
    return intervals.subMap(first(from, to), true, to, false);
  }

  /** The parts of intervals inside {@code [from, to)}, ascending. */
  void forEach(long from, long to, Consumer<Piece> action) {
    for (var entry : overlapping(from, to).entrySet()) {
      action.accept(entry.getValue().at(entry.getKey()).clip(from, to));
    }
  }

  /** Sets {@code [offset, offset + interval's length)} to {@code interval}. */
  void set(long offset, Interval interval) {
    clear(offset, offset + interval.lengthBytes());
    add(offset, interval);
  }

  /** Takes {@code [from, to)} out of all intervals. */
  void clear(long from, long to) {
    var floor = intervals.lowerEntry(from);
    if (floor != null && floor.getKey() + floor.getValue().lengthBytes() > from) {
      long start = floor.getKey();
      Interval whole = floor.getValue();
      remove(start, whole);
      add(start, whole.part(0, from - start));
      keepTail(start, whole, to);
    }
    for (Map.Entry<Long, Interval> next = intervals.ceilingEntry(from);
        next != null && next.getKey() < to;
        next = intervals.ceilingEntry(from)) {
      remove(next.getKey(), next.getValue());
      keepTail(next.getKey(), next.getValue(), to);
    }
  }

  /**
   * Sets a range to a copy of the remaining bytes. Bytes that are held already are overwritten in
   * place; bytes that continue an interval are appended to it while it is small.
   */
  void write(long offset, ByteBuffer from) {
    long at = offset;
    var floor = intervals.floorEntry(at);
    if (floor != null
        && floor.getValue() instanceof Interval.Bytes bytes
        && !bytes.isPinned()
        && floor.getKey() + bytes.lengthBytes() >= at) {
      int inside = (int) (at - floor.getKey());
      int overwritten = (int) Math.min(from.remaining(), bytes.lengthBytes() - inside);
      bytes.overwrite(inside, from, overwritten);
      at += overwritten;
      int room = bytes.room();
      if (from.hasRemaining() && room > 0 && from.remaining() < Interval.Bytes.GROWN_BYTES_MAX) {
        int appended = Math.min(from.remaining(), room);
        clear(at, at + appended);
        heldBytes -= bytes.heldBytes();
        bytes.append(from, appended);
        heldBytes += bytes.heldBytes();
        at += appended;
      }
    }
    if (from.hasRemaining()) {
      set(at, Interval.Bytes.take(from, from.remaining()));
    }
  }

  private void keepTail(long start, Interval whole, long to) {
    long end = start + whole.lengthBytes();
    if (end > to) {
      add(to, whole.part(to - start, end - to));
    }
  }

  private void add(long offset, Interval interval) {
    intervals.put(offset, interval);
    heldBytes += interval.heldBytes();
  }

  private void remove(long offset, Interval interval) {
    intervals.remove(offset);
    heldBytes -= interval.heldBytes();
  }
}
