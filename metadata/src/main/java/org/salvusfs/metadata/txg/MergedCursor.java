package org.salvusfs.metadata.txg;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** Merges overlays, newest first, with the committed tree: of equal keys the newest wins. */
final class MergedCursor implements Cursor {
  /** One overlay's walk; holds the entry that comes next. */
  private static final class Source {
    final Overlay overlay;
    final Iterator<Map.Entry<Key, byte[]>> iterator;
    Map.@Nullable Entry<Key, byte[]> head;

    Source(Overlay overlay, Key from, Key to) {
      this.overlay = overlay;
      this.iterator = overlay.items().subMap(from, true, to, false).entrySet().iterator();
      advance();
    }

    /** The next entry's value if its key is {@code at}, else null. */
    byte @Nullable [] valueAt(Key at) {
      var next = head;
      return next != null && next.getKey().equals(at) ? next.getValue() : null;
    }

    void advance() {
      head = iterator.hasNext() ? iterator.next() : null;
    }
  }

  private final List<Source> sources;
  private final Cursor tree;
  private boolean treeHasNext;
  private @Nullable Key key;
  private byte @Nullable [] value;

  MergedCursor(List<Overlay> overlays, Cursor tree, Key from, Key to) throws MetadataException {
    this.sources = new ArrayList<>(overlays.size());
    for (Overlay overlay : overlays) {
      sources.add(new Source(overlay, from, to));
    }
    this.tree = tree;
    this.treeHasNext = tree.next();
  }

  @Override
  public boolean next() throws MetadataException {
    while (true) {
      Key least = leastKey();
      if (least == null) {
        return false;
      }
      byte[] newest = takeNewest(least);
      if (newest != null) {
        key = least;
        value = newest;
        return true;
      }
    }
  }

  private @Nullable Key leastKey() {
    Key least = treeHasNext ? tree.key() : null;
    for (Source source : sources) {
      var head = source.head;
      if (head != null && (least == null || head.getKey().compareTo(least) < 0)) {
        least = head.getKey();
      }
    }
    return least;
  }

  /** Steps every source that stands at {@code at}; the value that counts, or null if removed. */
  private byte @Nullable [] takeNewest(Key at) throws MetadataException {
    byte[] newest = null;
    boolean decided = false;
    for (Source source : sources) {
      byte[] here = source.valueAt(at);
      if (!decided) {
        if (source.overlay.isReaped(at.inode())) {
          decided = true;
        } else if (here != null) {
          newest = Overlay.isTombstone(here) ? null : here;
          decided = true;
        }
      }
      if (here != null) {
        source.advance();
      }
    }
    if (treeHasNext && tree.key().equals(at)) {
      if (!decided) {
        newest = tree.value();
      }
      treeHasNext = tree.next();
    }
    return newest;
  }

  @Override
  public Key key() {
    if (key == null) {
      throw new IllegalStateException("no current item: call next() first");
    }
    return key;
  }

  @Override
  public byte[] value() {
    if (value == null) {
      throw new IllegalStateException("no current item: call next() first");
    }
    return value;
  }
}
