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
 * Stores a sequence of bytes as chunks. The bytes pass through batches of at least four chunks: one
 * thread fills and cuts them, in order, and the crew hashes, seals and stores what is cut.
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
    long left = pieces.stream().mapToLong(Piece::lengthBytes).sum();
    int batchMax = 4 * chunks.chunkBytesMax();
    ByteBuffer batch = ByteBuffer.allocate((int) Math.min(left, batchMax));
    long offset = 0;
    for (Piece piece : pieces) {
      for (long at = piece.offset(); at < piece.end(); ) {
        long to = Math.min(piece.end(), at + batch.remaining());
        Reader.copy(chunks, piece.clip(at, to), batch);
        left -= to - at;
        at = to;
        if (!batch.hasRemaining() || left == 0) {
          int done = cut(offset, batch.array(), batch.position(), left == 0);
          int rest = batch.position() - done;
          ByteBuffer next = ByteBuffer.allocate((int) Math.min(rest + left, batchMax));
          next.put(batch.array(), done, rest);
          offset += done;
          batch = next;
        }
      }
    }
  }

  /** Cuts off as many chunks as there are and returns where they end. */
  private int cut(long offset, byte[] data, int length, boolean last) throws IOException {
    var ends = new ArrayList<Integer>();
    int at = 0;
    while (at < length) {
      int count = chunks.cut(data, at, length - at, last);
      if (count < 0) {
        break;
      }
      at += count;
      ends.add(at);
    }
    var stored = new Chunk[ends.size()];
    batches.add(stored);
    Crew.Task put =
        () -> {
          int start = 0;
          for (int i = 0; i < stored.length; i++) {
            int end = ends.get(i);
            stored[i] =
                new Chunk(offset + start, end - start, chunks.put(data, start, end - start));
            start = end;
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
