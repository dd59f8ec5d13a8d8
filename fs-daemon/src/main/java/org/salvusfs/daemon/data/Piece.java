package org.salvusfs.daemon.data;

import org.salvusfs.blockstore.api.BlockId;

/**
 * A run of a file's bytes and where they are: what reading, logging and committing see of layers
 * and extents. Immutable; the array of {@link Memory} is shared and not to be modified.
 */
sealed interface Piece {
  /** Where in the file the run begins. */
  long offset();

  /** How many bytes, at least 1. */
  long lengthBytes();

  /** Where in the file the run ends, exclusive. */
  default long end() {
    return offset() + lengthBytes();
  }

  /** The part of this run inside {@code [from, to)}, which must overlap it. */
  Piece clip(long from, long to);

  /** The same bytes, as if they began elsewhere. */
  Piece movedTo(long offset);

  /** Bytes in {@code array[start, start + length)}. */
  record Memory(long offset, int length, byte[] array, int start) implements Piece {
    @Override
    public long lengthBytes() {
      return length;
    }

    @Override
    public Memory clip(long from, long to) {
      int skip = (int) Math.max(0, from - offset);
      int until = (int) Math.min(length, to - offset);
      return new Memory(offset + skip, until - skip, array, start + skip);
    }

    @Override
    public Memory movedTo(long elsewhere) {
      return new Memory(elsewhere, length, array, start);
    }
  }

  /** Bytes in the plaintext of a stored chunk, from {@code chunkOffset} on. */
  record InChunk(long offset, int length, BlockId chunk, int chunkOffset) implements Piece {
    @Override
    public long lengthBytes() {
      return length;
    }

    @Override
    public InChunk clip(long from, long to) {
      int skip = (int) Math.max(0, from - offset);
      int until = (int) Math.min(length, to - offset);
      return new InChunk(offset + skip, until - skip, chunk, chunkOffset + skip);
    }

    @Override
    public InChunk movedTo(long elsewhere) {
      return new InChunk(elsewhere, length, chunk, chunkOffset);
    }
  }

  /** A hole. */
  record Zero(long offset, long lengthBytes) implements Piece {
    @Override
    public Zero clip(long from, long to) {
      long start = Math.max(from, offset);
      return new Zero(start, Math.min(to, end()) - start);
    }

    @Override
    public Zero movedTo(long elsewhere) {
      return new Zero(elsewhere, lengthBytes);
    }
  }
}
