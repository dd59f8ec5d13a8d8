package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/**
 * One file's part of a commit: turns the committed items and a frozen layer into new items.
 *
 * <p>Contents of at most {@link StoredPieces#INLINE_BYTES_MAX} bytes without a hole become one
 * INLINE item, everything else EXTENT items. Only the neighbourhoods of changed ranges are read and
 * written: ranges that are close together form a {@link Stretch}, which is rewritten as a whole.
 */
final class FileRewrite {
  private record Range(long from, long to) {}

  private final Chunks chunks;
  private final Crew crew;
  private final int extentBytesMax;
  private final long inode;
  private final Layer layer;
  private final View committed;
  private final long sizeBytes;
  private final long baseSizeBytes;

  private final List<Stretch> stretches = new ArrayList<>();
  private final List<Change> inlineChanges = new ArrayList<>();

  /**
   * @param sizeBytes the file's size in this txg
   * @param baseSizeBytes its size in the tree below, 0 if it is new
   */
  FileRewrite(
      Chunks chunks,
      Crew crew,
      int extentBytesMax,
      long inode,
      Layer layer,
      View committed,
      long sizeBytes,
      long baseSizeBytes) {
    this.chunks = chunks;
    this.crew = crew;
    this.extentBytesMax = extentBytesMax;
    this.inode = inode;
    this.layer = layer;
    this.committed = committed;
    this.sizeBytes = sizeBytes;
    this.baseSizeBytes = baseSizeBytes;
  }

  /** Reads what is needed and has chunks stored, partly by tasks added to the crew. */
  void prepare() throws IOException {
    byte[] oldInline =
        baseSizeBytes > 0 && baseSizeBytes <= StoredPieces.INLINE_BYTES_EVER
            ? committed.get(Keys.inline(inode))
            : null;
    byte[] newInline = inlineContents();
    if (newInline != null) {
      if (!Arrays.equals(newInline, oldInline)) {
        inlineChanges.add(new Change(Keys.inline(inode), newInline));
      }
    } else if (oldInline != null) {
      inlineChanges.add(new Change(Keys.inline(inode), null));
    }
    boolean hasExtents = baseSizeBytes > 0 && oldInline == null;
    if (newInline != null || sizeBytes == 0) {
      if (hasExtents) {
        stretches.add(new Stretch(chunks, inode, layer.txg(), oldExtents(0, Long.MAX_VALUE)));
      }
      return;
    }
    for (Range range : stretchRanges(oldInline)) {
      var old = hasExtents ? oldExtents(range.from, range.to) : new TreeMap<Long, ExtentItem>();
      long from = old.isEmpty() ? range.from : Math.min(range.from, old.firstKey());
      long to = range.to;
      if (!old.isEmpty()) {
        to = Math.max(to, old.lastKey() + old.lastEntry().getValue().lengthBytes());
      }
      var stretch = new Stretch(chunks, inode, layer.txg(), old);
      stretch.rewrite(pieces(from, Math.min(to, sizeBytes)), crew);
      stretches.add(stretch);
    }
  }

  /** The item changes; to be called once the crew has finished. */
  void finish(List<Change> changes) {
    changes.addAll(inlineChanges);
    for (Stretch stretch : stretches) {
      stretch.finish(changes);
    }
  }

  private byte @Nullable [] inlineContents() throws IOException {
    if (sizeBytes == 0 || sizeBytes > StoredPieces.INLINE_BYTES_MAX) {
      return null;
    }
    var contents = ByteBuffer.allocate((int) sizeBytes);
    for (Piece piece : pieces(0, sizeBytes)) {
      Reader.copy(chunks, piece, contents);
    }
    return contents.hasRemaining() ? null : contents.array();
  }

  private List<Piece> pieces(long from, long to) throws IOException {
    var pieces = new ArrayList<Piece>();
    if (from < to) {
      new Plan(inode, List.of(layer), from, to)
          .resolve(committed, sizeBytes, extentBytesMax, pieces::add);
    }
    return pieces;
  }

  /** Committed extents that overlap {@code [from, to)} or end at {@code from}. */
  private NavigableMap<Long, ExtentItem> oldExtents(long from, long to) throws IOException {
    var old = new TreeMap<Long, ExtentItem>();
    var cursor =
        committed.scan(
            Keys.extent(inode, Math.max(0, from - extentBytesMax)), Keys.extent(inode, to));
    while (cursor.next()) {
      long offset = Keys.suffixLong(cursor.key());
      ExtentItem item = ExtentItem.decode(cursor.value());
      if (offset + item.lengthBytes() >= from) {
        old.put(offset, item);
      }
    }
    return old;
  }

  /** Everything that changes, in ranges so far apart that no extent touches two of them. */
  private List<Range> stretchRanges(byte @Nullable [] oldInline) {
    var changed = new TreeMap<Long, Long>();
    layer
        .intervals()
        .all()
        .forEach((offset, interval) -> changed.put(offset, offset + interval.lengthBytes()));
    if (layer.cut() < baseSizeBytes) {
      changed.merge(layer.cut(), baseSizeBytes, Math::max);
    }
    if (oldInline != null) {
      changed.merge(0L, (long) oldInline.length, Math::max);
    }
    var ranges = new ArrayList<Range>();
    changed.forEach(
        (from, to) -> {
          Range last = ranges.isEmpty() ? null : ranges.getLast();
          if (last != null && from - last.to <= 2L * extentBytesMax) {
            ranges.set(ranges.size() - 1, new Range(last.from, Math.max(last.to, to)));
          } else {
            ranges.add(new Range(from, to));
          }
        });
    return ranges;
  }
}
