package org.salvusfs.daemon.data;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/**
 * A part of a file whose extents are replaced in one go.
 *
 * <p>What is new in memory is cut and stored together with what it touches: the rest of an extent
 * that it overwrites partly, and the extent before it if that is shorter than an average chunk. So
 * a random write rewrites the chunks it touches and nothing else, and a file that grows by small
 * pieces still ends in chunks of normal size. Extents that are merely cut or punched keep their
 * chunk and refer to less of it.
 */
final class Stretch {
  private record Run(long offset, ChunkRun chunks) {}

  private final Chunks chunks;
  private final long inode;
  private final long txg;
  private final NavigableMap<Long, ExtentItem> old;
  private final TreeMap<Long, ExtentItem> next = new TreeMap<>();
  private final List<Run> runs = new ArrayList<>();

  /**
   * @param old all committed extents of the stretch
   */
  Stretch(Chunks chunks, long inode, long txg, NavigableMap<Long, ExtentItem> old) {
    this.chunks = chunks;
    this.inode = inode;
    this.txg = txg;
    this.old = old;
  }

  /**
   * Decides what becomes of the stretch.
   *
   * @param pieces its new contents, ascending
   */
  void rewrite(List<Piece> pieces, Crew crew) {
    int done = 0;
    for (int i = 0; i < pieces.size(); i++) {
      if (!isLoose(pieces.get(i))) {
        continue;
      }
      int first = i > done && joinsRight(pieces.get(i - 1), pieces.get(i)) ? i - 1 : i;
      int last = i;
      while (last + 1 < pieces.size() && joinsLeft(pieces.get(last), pieces.get(last + 1))) {
        last++;
      }
      keep(pieces.subList(done, first));
      store(pieces.subList(first, last + 1), crew);
      done = last + 1;
      i = last;
    }
    keep(pieces.subList(done, pieces.size()));
  }

  /** Adds the differences between the old and the new extents. */
  void finish(List<Change> changes) {
    for (Run run : runs) {
      for (ChunkRun.Chunk chunk : run.chunks.stored()) {
        next.put(run.offset + chunk.offset(), new ExtentItem(chunk.length(), chunk.id(), 0, txg));
      }
    }
    for (long offset : old.keySet()) {
      if (!next.containsKey(offset)) {
        changes.add(new Change(Keys.extent(inode, offset), null));
      }
    }
    next.forEach(
        (offset, item) -> {
          ExtentItem before = old.get(offset);
          if (before == null || !isSame(before, item)) {
            changes.add(new Change(Keys.extent(inode, offset), item.encode()));
          }
        });
  }

  /** New bytes, or a new reference to so few stored ones that they are better stored again. */
  private boolean isLoose(Piece piece) {
    return switch (piece) {
      case Piece.Memory memory -> true;
      case Piece.InChunk stored -> !isOld(stored) && stored.length() < chunks.chunkBytesMax() / 16;
      case Piece.Zero hole -> throw new IllegalStateException("a hole is no piece of a stretch");
    };
  }

  /** Whether a piece that is no loose one is stored anew because of the loose one behind it. */
  private boolean joinsRight(Piece piece, Piece loose) {
    return piece.end() == loose.offset()
        && piece instanceof Piece.InChunk stored
        && (isRest(stored) || stored.length() < chunks.chunkBytesMax() / 4);
  }

  /** Whether a piece belongs to the run that {@code before} is in. */
  private boolean joinsLeft(Piece before, Piece piece) {
    return before.end() == piece.offset()
        && (isLoose(piece) || (piece instanceof Piece.InChunk stored && isRest(stored)));
  }

  /** Whether it lies in a committed extent of this very chunk. */
  private boolean isOld(Piece.InChunk piece) {
    var floor = old.floorEntry(piece.offset());
    return floor != null
        && floor.getKey() + floor.getValue().lengthBytes() >= piece.end()
        && floor.getValue().chunk().equals(piece.chunk())
        && floor.getValue().chunkOffset() + (piece.offset() - floor.getKey())
            == piece.chunkOffset();
  }

  /** Whether it is what remains of a committed extent. */
  private boolean isRest(Piece.InChunk piece) {
    ExtentItem same = old.get(piece.offset());
    return isOld(piece) && (same == null || same.lengthBytes() != piece.length());
  }

  private void keep(List<Piece> pieces) {
    for (Piece piece : pieces) {
      var stored = (Piece.InChunk) piece;
      next.put(
          stored.offset(),
          new ExtentItem(stored.length(), stored.chunk(), stored.chunkOffset(), txg));
    }
  }

  private void store(List<Piece> pieces, Crew crew) {
    if (pieces.size() == 1 && pieces.getFirst() instanceof Piece.InChunk) {
      keep(pieces);
      return;
    }
    var run = new ChunkRun(chunks, crew);
    crew.add(() -> run.store(pieces));
    runs.add(new Run(pieces.getFirst().offset(), run));
  }

  private static boolean isSame(ExtentItem a, ExtentItem b) {
    return a.lengthBytes() == b.lengthBytes()
        && a.chunk().equals(b.chunk())
        && a.chunkOffset() == b.chunkOffset();
  }
}
