package org.salvusfs.daemon.data;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/**
 * A forward walk over the INLINE and EXTENT items of one file. It is one scan, hence of one state
 * of the view: a commit that turns inline contents into extents or back is seen whole or not at
 * all.
 */
final class StoredPieces {
  /** The longest contents that a commit keeps as an INLINE item. */
  static final int INLINE_BYTES_MAX = 512;

  /** The longest that there may be: earlier programs kept those inline. */
  static final int INLINE_BYTES_EVER = 3072;

  private final Cursor cursor;
  private @Nullable Piece current;

  /**
   * @param mayBeInline false if the file is known to have no INLINE item, which saves walking over
   *     its attributes
   * @param extentBytesMax the longest extent there is
   */
  StoredPieces(View view, long inode, long from, long to, boolean mayBeInline, int extentBytesMax)
      throws MetadataException {
    boolean inlineToo = mayBeInline && from < INLINE_BYTES_EVER;
    this.cursor =
        view.scan(
            inlineToo
                ? Keys.inline(inode)
                : Keys.extent(inode, Math.max(0, from - extentBytesMax + 1)),
            Keys.extent(inode, to));
    this.current = next();
  }

  /** Hands on what lies in {@code [from, to)}; calls must ascend. False if the sink has enough. */
  boolean forEach(long from, long to, PieceSink sink) throws IOException {
    while (current != null && current.end() <= from) {
      current = next();
    }
    while (current != null && current.offset() < to) {
      if (!sink.accept(current.clip(from, to))) {
        return false;
      }
      if (current.end() > to) {
        break;
      }
      current = next();
    }
    return true;
  }

  private @Nullable Piece next() throws MetadataException {
    while (cursor.next()) {
      byte kind = cursor.key().kind();
      byte[] value = cursor.value();
      if (kind == Keys.EXTENT) {
        ExtentItem item = ExtentItem.decode(value);
        long offset = Keys.suffixLong(cursor.key());
        return new Piece.InChunk(offset, item.lengthBytes(), item.chunk(), item.chunkOffset());
      }
      if (kind == Keys.INLINE && value.length > 0) {
        return new Piece.Memory(0, value.length, value, 0);
      }
    }
    return null;
  }
}
