package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.View;

/**
 * Reads present contents: the layers first, then the live view. A commit makes its items visible
 * before it drops its layers, and what a layer says wins over what is below; so whatever happens in
 * between, every byte is found once and is the right one.
 */
final class Reader {
  private static final byte[] ZEROS = new byte[64 << 10];

  private final Chunks chunks;
  private final DirtyFiles files;
  private final int extentBytesMax;

  Reader(Chunks chunks, DirtyFiles files, int extentBytesMax) {
    this.chunks = chunks;
    this.files = files;
    this.extentBytesMax = extentBytesMax;
  }

  /** Hands the data in {@code [from, to)} to {@code sink}; the rest of the range is holes. */
  void pieces(View view, long inode, long sizeBytes, long from, long to, PieceSink sink)
      throws IOException {
    files.plan(inode, from, to).resolve(view, sizeBytes, extentBytesMax, sink);
  }

  /** How many bytes of {@code [from, to)} are no hole. */
  long dataBytes(View view, long inode, long sizeBytes, long from, long to) throws IOException {
    long[] bytes = {0};
    pieces(
        view,
        inode,
        sizeBytes,
        from,
        to,
        piece -> {
          bytes[0] += piece.lengthBytes();
          return true;
        });
    return bytes[0];
  }

  /** Puts {@code length} bytes of the file into a buffer. */
  void read(View view, long inode, long sizeBytes, long offset, int length, ByteBuffer into)
      throws IOException {
    long[] at = {offset};
    pieces(
        view,
        inode,
        sizeBytes,
        offset,
        offset + length,
        piece -> {
          zero(into, piece.offset() - at[0]);
          copy(chunks, piece, into);
          at[0] = piece.end();
          return true;
        });
    zero(into, offset + length - at[0]);
  }

  /** Copies a piece, once, from the layer or the cached chunk. */
  static void copy(Chunks chunks, Piece piece, ByteBuffer into) throws IOException {
    switch (piece) {
      case Piece.Memory memory -> into.put(memory.array(), memory.start(), memory.length());
      case Piece.InChunk stored ->
          chunks.read(stored.chunk(), stored.chunkOffset(), stored.length(), into);
      case Piece.Zero hole -> zero(into, hole.lengthBytes());
    }
  }

  /** The first data at or after {@code offset}, or -1. */
  long seekData(View view, long inode, long sizeBytes, long offset) throws IOException {
    long[] found = {-1};
    if (offset < sizeBytes) {
      pieces(
          view,
          inode,
          sizeBytes,
          offset,
          sizeBytes,
          piece -> {
            found[0] = piece.offset();
            return false;
          });
    }
    return found[0];
  }

  /** The first hole at or after {@code offset}, the one behind the end included, or -1. */
  long seekHole(View view, long inode, long sizeBytes, long offset) throws IOException {
    if (offset >= sizeBytes) {
      return -1;
    }
    long[] at = {offset};
    pieces(
        view,
        inode,
        sizeBytes,
        offset,
        sizeBytes,
        piece -> {
          boolean continues = piece.offset() == at[0];
          if (continues) {
            at[0] = piece.end();
          }
          return continues;
        });
    return at[0];
  }

  private static void zero(ByteBuffer into, long bytes) {
    for (long left = bytes; left > 0; ) {
      int count = (int) Math.min(left, ZEROS.length);
      into.put(ZEROS, 0, count);
      left -= count;
    }
  }
}
