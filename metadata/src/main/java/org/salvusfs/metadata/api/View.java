package org.salvusfs.metadata.api;

import org.jspecify.annotations.Nullable;

/** Items as of one moment. Thread-safe. Arrays that are handed out are shared: do not modify. */
public interface View {
  /** The item's value, or null if there is none. */
  byte @Nullable [] get(Key key) throws MetadataException;

  /** The items with {@code from <= key < to}, ascending. */
  Cursor scan(Key from, Key to) throws MetadataException;
}
