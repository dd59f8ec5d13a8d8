package org.salvusfs.daemon.data;

import java.util.IdentityHashMap;
import java.util.List;

/**
 * Arrays of a layer that are read without the file's lock: writers leave them alone until {@link
 * #unpin}. What was stored of them meanwhile may then take their place.
 */
final class Pinned {
  private final DirtyFiles files;
  private final DirtyFile file;
  private final Layer layer;
  private final IdentityHashMap<Interval.Bytes, Boolean> arrays = new IdentityHashMap<>();

  /** Called under the file's lock. */
  Pinned(DirtyFiles files, DirtyFile file, Layer layer, List<Piece> pieces) {
    this.files = files;
    this.file = file;
    this.layer = layer;
    for (Piece piece : pieces) {
      for (Interval interval :
          layer.intervals().overlapping(piece.offset(), piece.end()).values()) {
        if (interval instanceof Interval.Bytes bytes && arrays.put(bytes, true) == null) {
          bytes.pin();
        }
      }
    }
  }

  void unpin() {
    file.onLayer(layer, () -> arrays.keySet().forEach(Interval.Bytes::unpin));
  }

  /**
   * Lets the open layer refer to chunks that hold pinned bytes, where nothing changed meanwhile.
   *
   * @param stored ascending
   * @return how many bytes that are
   */
  long replace(List<Piece.InChunk> stored) {
    long[] replaced = {0};
    file.onLayer(
        layer,
        () -> {
          if (layer.isFrozen()) {
            return;
          }
          long before = layer.heldBytes();
          List<Piece.InChunk> unchanged = stored.stream().filter(this::isUnchanged).toList();
          // All of them at once first: what is cut out of an array bit by bit is copied each time.
          for (int first = 0; first < unchanged.size(); ) {
            int next = first + 1;
            while (next < unchanged.size()
                && unchanged.get(next - 1).end() == unchanged.get(next).offset()) {
              next++;
            }
            layer.intervals().clear(unchanged.get(first).offset(), unchanged.get(next - 1).end());
            first = next;
          }
          for (Piece.InChunk piece : unchanged) {
            var interval = new Interval.Stored(piece.length(), piece.chunk(), piece.chunkOffset());
            layer.intervals().set(piece.offset(), interval);
            replaced[0] += piece.length();
          }
          files.released(layer.txg(), before - layer.heldBytes());
        });
    return replaced[0];
  }

  /** Whether all of the range is still held by the very arrays that were pinned. */
  private boolean isUnchanged(Piece piece) {
    long covered = 0;
    var intervals = layer.intervals().overlapping(piece.offset(), piece.end());
    for (var entry : intervals.entrySet()) {
      if (!(entry.getValue() instanceof Interval.Bytes bytes) || !arrays.containsKey(bytes)) {
        return false;
      }
      covered += bytes.at(entry.getKey()).clip(piece.offset(), piece.end()).lengthBytes();
    }
    return covered == piece.lengthBytes();
  }
}
