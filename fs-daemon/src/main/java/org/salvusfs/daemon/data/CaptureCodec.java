package org.salvusfs.daemon.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/**
 * The payload of a capture, version 1.
 *
 * @see "docs/formats/capture-v1.md"
 */
final class CaptureCodec {
  /**
   * Changes of one file's contents.
   *
   * @param sizeBytes the file's size after them
   * @param cut the least size the file had since it was logged before, {@link LogMarks#NO_CUT} if
   *     nothing was cut
   * @param pieces what was written or punched and is still there, ascending, inside the size
   */
  record Payload(long sizeBytes, long mtimeNanos, long ctimeNanos, long cut, List<Piece> pieces) {}

  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + 4 * 8 + 4;
  private static final byte MEMORY = 1;
  private static final byte ZERO = 2;
  private static final byte CHUNK = 3;
  private static final int PIECE_BYTES = 1 + 8;
  private static final int IN_CHUNK_BYTES = 4 + BlockId.BYTES + 4;

  private CaptureCodec() {}

  static byte[] encode(Payload payload) {
    int bytes = HEADER_BYTES;
    for (Piece piece : payload.pieces) {
      bytes +=
          PIECE_BYTES
              + switch (piece) {
                case Piece.Memory memory -> 4 + memory.length();
                case Piece.Zero hole -> 8;
                case Piece.InChunk stored -> IN_CHUNK_BYTES;
              };
    }
    var out =
        ByteBuffer.allocate(bytes)
            .put(VERSION)
            .putLong(payload.sizeBytes)
            .putLong(payload.mtimeNanos)
            .putLong(payload.ctimeNanos)
            .putLong(payload.cut)
            .putInt(payload.pieces.size());
    for (Piece piece : payload.pieces) {
      switch (piece) {
        case Piece.Memory memory ->
            out.put(MEMORY)
                .putLong(memory.offset())
                .putInt(memory.length())
                .put(memory.array(), memory.start(), memory.length());
        case Piece.Zero hole -> out.put(ZERO).putLong(hole.offset()).putLong(hole.lengthBytes());
        case Piece.InChunk stored -> {
          out.put(CHUNK).putLong(stored.offset()).putInt(stored.length());
          stored.chunk().write(out);
          out.putInt(stored.chunkOffset());
        }
      }
    }
    return out.array();
  }

  /**
   * Reads what {@link #encode} wrote. Pieces in memory share the array.
   *
   * @throws MetadataException.Corrupt if it is anything else
   */
  static Payload decode(byte[] bytes) throws MetadataException.Corrupt {
    var in = ByteBuffer.wrap(bytes);
    try {
      byte version = in.get();
      check(version == VERSION, "its version is " + version + ", known is " + VERSION);
      long sizeBytes = in.getLong();
      long mtime = in.getLong();
      long ctime = in.getLong();
      long cut = in.getLong();
      int count = in.getInt();
      check(sizeBytes >= 0 && cut >= 0 && count >= 0, "a size, cut or count is negative");
      var pieces = new ArrayList<Piece>();
      long end = 0;
      for (int i = 0; i < count; i++) {
        Piece piece = piece(bytes, in);
        check(
            piece.offset() >= end
                && piece.lengthBytes() > 0
                && piece.lengthBytes() <= sizeBytes - piece.offset(),
            "range " + i + " is out of order or beyond the size");
        end = piece.end();
        pieces.add(piece);
      }
      check(!in.hasRemaining(), "it is longer than what it holds");
      return new Payload(sizeBytes, mtime, ctime, cut, pieces);
    } catch (BufferUnderflowException e) {
      throw new MetadataException.Corrupt("a logged capture of file contents is too short", e);
    }
  }

  private static Piece piece(byte[] bytes, ByteBuffer in) throws MetadataException.Corrupt {
    byte kind = in.get();
    long offset = in.getLong();
    return switch (kind) {
      case MEMORY -> {
        int length = in.getInt();
        check(length >= 0 && length <= in.remaining(), "a range of bytes is not all there");
        int start = in.position();
        in.position(start + length);
        yield new Piece.Memory(offset, length, bytes, start);
      }
      case ZERO -> new Piece.Zero(offset, in.getLong());
      case CHUNK -> {
        int length = in.getInt();
        BlockId chunk = BlockId.read(in);
        int chunkOffset = in.getInt();
        check(chunkOffset >= 0, "an offset in a chunk is negative");
        yield new Piece.InChunk(offset, length, chunk, chunkOffset);
      }
      default -> throw corrupt("a range has the unknown kind " + kind);
    };
  }

  private static void check(boolean holds, String otherwise) throws MetadataException.Corrupt {
    if (!holds) {
      throw corrupt(otherwise);
    }
  }

  private static MetadataException.Corrupt corrupt(String what) {
    return new MetadataException.Corrupt("a logged capture of file contents is damaged: " + what);
  }
}
