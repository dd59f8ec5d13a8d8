package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Changes contents in a txg's layers. Each operation first finds out, with whatever reading that
 * takes, by how much it changes the allocation, and then changes memory in one step that cannot
 * fail.
 *
 * <p>Parameters that all operations share: {@code view} resolves what the layers leave open, {@code
 * item} is the inode as it is before the operation.
 */
final class Editor {
  private final DirtyFiles files;
  private final Reader reader;

  Editor(DirtyFiles files, Reader reader) {
    this.files = files;
    this.reader = reader;
  }

  /** Sets bytes; returns by how much the allocation grows. */
  long write(long txg, View view, long inode, InodeItem item, long offset, ByteBuffer from)
      throws IOException {
    if (!from.hasRemaining()) {
      return 0;
    }
    long end = Math.addExact(offset, from.remaining());
    long grows = from.remaining() - allocated(view, inode, item, offset, end);
    files.change(txg, inode, item.sizeBytes(), layer -> layer.write(offset, from));
    return grows;
  }

  /** By how much the allocation grows if a range is set to bytes. */
  long growth(View view, long inode, InodeItem item, long offset, long length) throws IOException {
    return length - allocated(view, inode, item, offset, Math.addExact(offset, length));
  }

  /** By how much the target's allocation changes if a range is copied there. */
  long shareGrowth(View view, CopySource source, long to, InodeItem toItem, long toOffset)
      throws IOException {
    long toEnd = Math.addExact(toOffset, source.lengthBytes());
    return source.dataBytes() - allocated(view, to, toItem, toOffset, toEnd);
  }

  /** Sets a range to bytes of a stored chunk; returns by how much the allocation grows. */
  long store(long txg, View view, long inode, InodeItem item, Piece.InChunk piece)
      throws IOException {
    long grows = piece.length() - allocated(view, inode, item, piece.offset(), piece.end());
    files.change(
        txg,
        inode,
        item.sizeBytes(),
        layer -> layer.store(piece.offset(), piece.length(), piece.chunk(), piece.chunkOffset()));
    return grows;
  }

  /**
   * Fills the holes of a range, or all of it, with references to zeros; returns by how much the
   * allocation grows.
   *
   * @param zeros a whole chunk of nothing else
   */
  long reserve(
      long txg,
      View view,
      long inode,
      InodeItem item,
      long from,
      long to,
      boolean whole,
      Piece.InChunk zeros)
      throws IOException {
    List<Piece.Zero> holes = holes(view, inode, item, from, to);
    long grows = holes.stream().mapToLong(Piece::lengthBytes).sum();
    List<Piece.Zero> filled = whole ? List.of(new Piece.Zero(from, to - from)) : holes;
    files.change(
        txg,
        inode,
        item.sizeBytes(),
        layer -> {
          layer.marks().touch();
          for (Piece.Zero hole : filled) {
            for (long at = hole.offset(); at < hole.end(); at += zeros.length()) {
              int count = (int) Math.min(zeros.length(), hole.end() - at);
              layer.store(at, count, zeros.chunk(), zeros.chunkOffset());
            }
          }
        });
    return grows;
  }

  /**
   * What lies between the data of a range, also behind the file's end; reads extents only if the
   * counters do not tell.
   */
  private List<Piece.Zero> holes(View view, long inode, InodeItem item, long from, long to)
      throws IOException {
    var holes = new ArrayList<Piece.Zero>();
    long[] at = {from};
    PieceSink upTo =
        piece -> {
          if (piece.offset() > at[0]) {
            holes.add(new Piece.Zero(at[0], piece.offset() - at[0]));
          }
          at[0] = piece.end();
          return true;
        };
    long size = item.sizeBytes();
    if (item.allocatedBytes() == size) {
      at[0] = Math.max(from, size);
    } else if (from < size) {
      reader.pieces(view, inode, size, from, Math.min(to, size), upTo);
    }
    if (at[0] < to) {
      holes.add(new Piece.Zero(at[0], to - at[0]));
    }
    return holes;
  }

  /** Makes a hole within the size; returns the change of the allocation. */
  long punch(long txg, View view, long inode, InodeItem item, long from, long to)
      throws IOException {
    long end = Math.min(to, item.sizeBytes());
    long freed = allocated(view, inode, item, from, end);
    if (freed > 0) {
      files.change(txg, inode, item.sizeBytes(), layer -> layer.punch(from, end));
    }
    return -freed;
  }

  /** Sets the size; returns the change of the allocation. */
  long truncate(long txg, View view, long inode, InodeItem item, long newSizeBytes)
      throws IOException {
    long freed = allocated(view, inode, item, newSizeBytes, item.sizeBytes());
    files.change(txg, inode, item.sizeBytes(), layer -> layer.truncate(newSizeBytes));
    return -freed;
  }

  /**
   * Copies a range, holes included, to another place, by reference where it is stored in chunks;
   * returns the change of the target's allocation.
   */
  long share(long txg, View view, CopySource source, long to, InodeItem toItem, long toOffset)
      throws IOException {
    if (source.lengthBytes() == 0) {
      return 0;
    }
    long growth = shareGrowth(view, source, to, toItem, toOffset);
    long toEnd = Math.addExact(toOffset, source.lengthBytes());
    files.change(
        txg,
        to,
        toItem.sizeBytes(),
        layer -> {
          if (toEnd > layer.sizeBytes()) {
            layer.truncate(toEnd);
          }
          layer.punch(toOffset, toEnd);
          for (Piece piece : source.pieces()) {
            long at = piece.offset() - source.offset() + toOffset;
            switch (piece) {
              case Piece.Memory memory ->
                  layer.write(at, ByteBuffer.wrap(memory.array(), memory.start(), memory.length()));
              case Piece.InChunk in -> layer.store(at, in.length(), in.chunk(), in.chunkOffset());
              case Piece.Zero hole -> layer.punch(at, at + hole.lengthBytes());
            }
          }
        });
    return growth;
  }

  /** How many bytes of a range are no hole; reads extents only if the counters do not tell. */
  private long allocated(View view, long inode, InodeItem item, long from, long to)
      throws IOException {
    long size = item.sizeBytes();
    long end = Math.min(to, size);
    if (from >= end || item.allocatedBytes() == 0) {
      return 0;
    }
    if (item.allocatedBytes() == size) {
      return end - from;
    }
    return from == 0 && end == size
        ? item.allocatedBytes()
        : reader.dataBytes(view, inode, size, from, end);
  }
}
