package org.salvusfs.daemon.data;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;

/** A cursor over a map's entries. */
final class MapCursor implements Cursor {
  private final Iterator<Map.Entry<Key, byte[]>> all;
  private Map.@Nullable Entry<Key, byte[]> current;

  MapCursor(Map<Key, byte[]> items) {
    this.all = items.entrySet().iterator();
  }

  @Override
  public boolean next() {
    current = all.hasNext() ? all.next() : null;
    return current != null;
  }

  @Override
  public Key key() {
    return entry().getKey();
  }

  @Override
  public byte[] value() {
    return entry().getValue();
  }

  private Map.Entry<Key, byte[]> entry() {
    if (current == null) {
      throw new IllegalStateException("no current item");
    }
    return current;
  }
}
