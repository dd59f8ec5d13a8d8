package org.salvusfs.daemon.data;

import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * What of a layer is not in the intent log yet: ranges, cuts and attributes, each with the epoch of
 * its latest change. A capture takes all there is and begins the next epoch; once its record is
 * durable, everything up to its epoch is forgotten, so that what changed meanwhile stays marked.
 * Guarded by the file's lock.
 */
final class LogMarks {
  /** The value of {@link #cut()} when nothing was cut. */
  static final long NO_CUT = Long.MAX_VALUE;

  private record Mark(long end, int epoch) {}

  private final TreeMap<Long, Mark> ranges = new TreeMap<>();
  private final TreeMap<Integer, Long> cuts = new TreeMap<>();
  private int epoch = 1;
  private int touchedEpoch;

  /** Bytes of a range changed. */
  void mark(long from, long to) {
    clear(from, to);
    long start = from;
    long end = to;
    var left = ranges.lowerEntry(from);
    if (left != null && left.getValue().end() == from && left.getValue().epoch() == epoch) {
      start = left.getKey();
    }
    Mark right = ranges.get(to);
    if (right != null && right.epoch() == epoch) {
      end = right.end();
      ranges.remove(to);
    }
    ranges.put(start, new Mark(end, epoch));
    touchedEpoch = epoch;
  }

  /** Everything from {@code at} on went away. */
  void cutAt(long at) {
    clear(at, Long.MAX_VALUE);
    cuts.merge(epoch, at, Math::min);
    touchedEpoch = epoch;
  }

  /** Size or times changed. */
  void touch() {
    touchedEpoch = epoch;
  }

  boolean isEmpty() {
    return touchedEpoch == 0;
  }

  /** Where the file was cut before the marked ranges were written, or {@link #NO_CUT}. */
  long cut() {
    return cuts.values().stream().mapToLong(Long::longValue).min().orElse(NO_CUT);
  }

  /** The marked ranges as {@code [from, to)}, ascending. */
  void forEach(BiConsumer<Long, Long> range) {
    ranges.forEach((from, mark) -> range.accept(from, mark.end()));
  }

  /** Ends the epoch, which a capture now takes, and returns it. */
  int endEpoch() {
    return epoch++;
  }

  /** All changes up to an epoch's end are durable in the log. */
  void logged(int upToEpoch) {
    ranges.values().removeIf(mark -> mark.epoch() <= upToEpoch);
    cuts.headMap(upToEpoch, true).clear();
    if (touchedEpoch <= upToEpoch) {
      touchedEpoch = 0;
    }
  }

  private void clear(long from, long to) {
    var floor = ranges.lowerEntry(from);
    if (floor != null && floor.getValue().end() > from) {
      Mark mark = floor.getValue();
      ranges.put(floor.getKey(), new Mark(from, mark.epoch()));
      if (mark.end() > to) {
        ranges.put(to, mark);
      }
    }
    for (var next = ranges.ceilingEntry(from);
        next != null && next.getKey() < to;
        next = ranges.ceilingEntry(from)) {
      ranges.remove(next.getKey());
      if (next.getValue().end() > to) {
        ranges.put(to, next.getValue());
      }
    }
  }
}
