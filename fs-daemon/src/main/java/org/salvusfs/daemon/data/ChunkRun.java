package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;

/**
 * Stores a sequence of bytes as chunks. One thread cuts them, in order, and the crew hashes, seals
 * and stores what is cut. Bytes in memory are cut where they lie; what lies in a stored chunk, and
 * what a cut may depend on where one piece ends and the next begins, is copied together first.
 */
final class ChunkRun {
  /** A chunk of the sequence: its first byte is byte {@code offset} of the sequence. */
  record Chunk(long offset, int length, BlockId id) {}

  private final Chunks chunks;
  private final Crew crew;
  private final List<Chunk[]> batches = new ArrayList<>();

  ChunkRun(Chunks chunks, Crew crew) {
    this.chunks = chunks;
    this.crew = crew;
  }

  /** The chunks in order; complete once the crew has finished. */
  List<Chunk> stored() {
    return batches.stream().flatMap(Arrays::stream).toList();
  }

  /**
   * Cuts the bytes of {@code pieces}, one after the other, and has them stored. The last chunk ends
   * where the bytes end. The pieces' arrays must not change until the crew has finished.
   */
  void store(List<Piece> pieces) throws IOException {
    store(pieces, true);
  }

  /** The same for bytes that go on: those behind the last certain cut are left out. */
  void storeBeginning(List<Piece> pieces) throws IOException {
    store(pieces, false);
  }

  private void store(List<Piece> pieces, boolean whole) throws IOException {
    var inRow = new ArrayList<Piece>();
    long end = 0;
    for (Piece piece : pieces) {
      inRow.add(piece.movedTo(end));
      end = inRow.getLast().end();
    }
    int first = 0;
    for (long at = 0; at < end; ) {
      while (inRow.get(first).end() <= at) {
        first++;
      }
      Piece.Memory window =
          inRow.get(first) instanceof Piece.Memory memory && isCutInPlace(memory, at, end)
              ? memory.clip(at, at + batchBytesMax())
              : joined(inRow.subList(first, inRow.size()), at, end);
      int cut = cut(window, whole && window.end() == end);
      if (cut == 0) {
        return;
      }
      at += cut;
    }
  }

  private int batchBytesMax() {
    return 4 * chunks.chunkBytesMax();
  }

  /** Whether the piece alone decides where the first chunk from {@code at} on ends. */
  private boolean isCutInPlace(Piece piece, long at, long end) {
    return piece instanceof Piece.Memory
        && (piece.end() == end || piece.end() - at >= chunks.chunkBytesMax());
  }

  /**
   * A copy of the bytes from {@code at} on, until it is certain that a chunk ends in a piece which
   * can be cut in place from there.
   */
  private Piece.Memory joined(List<Piece> pieces, long at, long end) throws IOException {
    long to = Math.min(end, at + batchBytesMax());
    int count = 1;
    while (count < pieces.size() && pieces.get(count).offset() < to) {
      Piece piece = pieces.get(count++);
      if (isCutInPlace(piece, piece.offset(), end)) {
        to = Math.min(to, piece.offset() + chunks.chunkBytesMax());
      }
    }
    var copy = ByteBuffer.allocate((int) (to - at));
    for (Piece piece : pieces.subList(0, count)) {
      Reader.copy(chunks, piece.clip(at, to), copy);
    }
    return new Piece.Memory(at, copy.position(), copy.array(), 0);
  }

  /** Cuts off as many chunks as there are and returns their length. */
  private int cut(Piece.Memory window, boolean last) throws IOException {
    var ends = new ArrayList<Integer>();
    int at = 0;
    while (at < window.length()) {
      int count = chunks.cut(window.array(), window.start() + at, window.length() - at, last);
      if (count < 0) {
        break;
      }
      at += count;
      ends.add(at);
    }
    if (ends.isEmpty()) {
      return 0;
    }
    var stored = new Chunk[ends.size()];
    batches.add(stored);
    Crew.Task put =
        () -> {
          int from = 0;
          for (int i = 0; i < stored.length; i++) {
            int length = ends.get(i) - from;
            BlockId id = chunks.put(window.array(), window.start() + from, length);
            stored[i] = new Chunk(window.offset() + from, length, id);
            from += length;
          }
        };
    if (last) {
      put.run();
    } else {
      crew.addUrgent(put);
    }
    return at;
  }
}
