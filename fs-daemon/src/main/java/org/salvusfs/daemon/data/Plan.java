package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.View;

/**
 * What a file's layers say about a range, and where they leave it to the tree below. Made under the
 * file's lock from memory alone; {@link #resolve} then reads the tree without the lock.
 */
final class Plan {
  private record Gap(long from, long to) {}

  private final long inode;
  private final boolean layered;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();

  /**
   * @param layers newest first
   */
  Plan(long inode, List<Layer> layers, long from, long to) {
    this.inode = inode;
    this.layered = !layers.isEmpty();
    descend(layers, 0, from, to);
  }

  private void descend(List<Layer> layers, int level, long from, long to) {
    if (from >= to) {
      return;
    }
    if (level == layers.size()) {
      gaps.add(new Gap(from, to));
      return;
    }
    Layer layer = layers.get(level);
    long at = from;
    for (var entry : layer.intervals().overlapping(from, to).entrySet()) {
      Piece piece = entry.getValue().at(entry.getKey()).clip(from, to);
      descend(layers, level + 1, at, Math.min(piece.offset(), layer.cut()));
      if (!(piece instanceof Piece.Zero)) {
        pieces.add(piece);
      }
      at = piece.end();
    }
    descend(layers, level + 1, at, Math.min(to, layer.cut()));
  }

  /**
   * Hands all data of the range to {@code sink}.
   *
   * @param view taken from after the layers were, so that nothing that left the layers is missed
   * @param sizeBytes the file's size, when the view is its present state
   */
  void resolve(View view, long sizeBytes, int extentBytesMax, PieceSink sink) throws IOException {
    StoredPieces stored = null;
    int next = 0;
    for (Piece piece : pieces) {
      for (; next < gaps.size() && gaps.get(next).from() < piece.offset(); next++) {
        stored = open(stored, view, sizeBytes, extentBytesMax);
        if (!stored.forEach(gaps.get(next).from(), gaps.get(next).to(), sink)) {
          return;
        }
      }
      if (!sink.accept(piece)) {
        return;
      }
    }
    for (; next < gaps.size(); next++) {
      stored = open(stored, view, sizeBytes, extentBytesMax);
      if (!stored.forEach(gaps.get(next).from(), gaps.get(next).to(), sink)) {
        return;
      }
    }
  }

  private StoredPieces open(
      @Nullable StoredPieces stored, View view, long sizeBytes, int extentBytesMax)
      throws IOException {
    if (stored != null) {
      return stored;
    }
    boolean mayBeInline = layered || sizeBytes <= StoredPieces.INLINE_BYTES_EVER;
    return new StoredPieces(
        view, inode, gaps.getFirst().from(), gaps.getLast().to(), mayBeInline, extentBytesMax);
  }
}
