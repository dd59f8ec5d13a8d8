package org.salvusfs.daemon.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.blockstore.api.BlockId;

/**
 * The changes of one file's contents in one txg.
 *
 * <p>A byte is decided by the interval that covers it; without one it is zero at or beyond the cut
 * (the least size the file had in this txg), and whatever lies below otherwise. No interval reaches
 * beyond the file's size, so bytes that were cut off never come back. Guarded by the file's lock
 * until {@link #freeze}; from then on only its log marks change.
 */
final class Layer {
  private final long txg;
  private final IntervalMap intervals = new IntervalMap();
  private final LogMarks marks = new LogMarks();
  private long cut;
  private long sizeBytes;
  private boolean frozen;

  /**
   * @param sizeBytes the file's size when its first change in the txg begins
   */
  Layer(long txg, long sizeBytes) {
    this.txg = txg;
    this.cut = sizeBytes;
    this.sizeBytes = sizeBytes;
  }

  long txg() {
    return txg;
  }

  /** Lower contents at or beyond it are gone. */
  long cut() {
    return cut;
  }

  /** The file's size after the latest change. */
  long sizeBytes() {
    return sizeBytes;
  }

  IntervalMap intervals() {
    return intervals;
  }

  LogMarks marks() {
    return marks;
  }

  long heldBytes() {
    return intervals.heldBytes();
  }

  boolean isFrozen() {
    return frozen;
  }

  /** The txg is closed: contents never change again. */
  void freeze() {
    frozen = true;
  }

  void write(long offset, ByteBuffer from) {
    long end = offset + from.remaining();
    intervals.write(offset, from);
    changed(offset, end);
  }

  void store(long offset, int length, BlockId chunk, int chunkOffset) {
    intervals.set(offset, new Interval.Stored(length, chunk, chunkOffset));
    changed(offset, offset + length);
  }

  /** Makes a hole; does not extend the file. */
  void punch(long from, long to) {
    intervals.clear(from, to);
    if (from < cut) {
      intervals.set(from, new Interval.Hole(Math.min(to, cut) - from));
    }
    marks.mark(from, to);
  }

  void truncate(long newSizeBytes) {
    if (newSizeBytes < sizeBytes) {
      intervals.clear(newSizeBytes, Long.MAX_VALUE);
      cut = Math.min(cut, newSizeBytes);
      marks.cutAt(newSizeBytes);
    }
    sizeBytes = newSizeBytes;
    marks.touch();
  }

  /**
   * Bytes in memory that lie without a gap, as lists of at least {@code runBytesMin} each,
   * ascending; no more are looked for when {@code bytesMax} are found.
   */
  List<List<Piece>> longRuns(long runBytesMin, long bytesMax) {
    var runs = new ArrayList<List<Piece>>();
    var run = new ArrayList<Piece>();
    long runBytes = 0;
    long found = 0;
    for (var entry : intervals.all().entrySet()) {
      boolean inMemory = entry.getValue() instanceof Interval.Bytes;
      if (!run.isEmpty() && !(inMemory && run.getLast().end() == entry.getKey())) {
        if (runBytes >= runBytesMin) {
          runs.add(run);
          found += runBytes;
        }
        run = new ArrayList<>();
        runBytes = 0;
      }
      if (found + runBytes >= bytesMax) {
        break;
      }
      if (inMemory) {
        run.add(entry.getValue().at(entry.getKey()));
        runBytes += entry.getValue().lengthBytes();
      }
    }
    if (runBytes >= runBytesMin) {
      runs.add(run);
    }
    return runs;
  }

  /** What the marked ranges hold now, holes included, ascending. */
  List<Piece> unlogged() {
    var pieces = new ArrayList<Piece>();
    marks.forEach(
        (from, to) -> {
          long[] at = {from};
          intervals.forEach(
              from,
              to,
              piece -> {
                if (piece.offset() > at[0]) {
                  pieces.add(new Piece.Zero(at[0], piece.offset() - at[0]));
                }
                pieces.add(piece);
                at[0] = piece.end();
              });
          if (at[0] < to) {
            pieces.add(new Piece.Zero(at[0], to - at[0]));
          }
        });
    return pieces;
  }

  private void changed(long from, long to) {
    sizeBytes = Math.max(sizeBytes, to);
    marks.mark(from, to);
  }
}
