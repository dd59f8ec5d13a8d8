package org.salvusfs.metadata.tree;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/**
 * Changes that change something: those that set an item to the value it has, or remove one that is
 * not there, are passed over. So a node that is opened for a change is certain to be replaced.
 * Looks one change ahead. Of one thread.
 */
final class EffectiveChanges {
  private final Iterator<Change> changes;
  private final Path path;
  private @Nullable Change next;
  private @Nullable Key last;

  EffectiveChanges(Iterator<Change> changes, Path path) throws MetadataException {
    this.changes = changes;
    this.path = path;
    advance();
  }

  boolean hasNext() {
    return next != null;
  }

  /** Whether there is a next change, with a key below {@code end} (null: anywhere). */
  boolean hasNextBelow(@Nullable Key end) {
    return next != null && (end == null || next.key().compareTo(end) < 0);
  }

  Change next() throws MetadataException {
    Change result = next;
    if (result == null) {
      throw new IllegalStateException("no change is left");
    }
    advance();
    return result;
  }

  private void advance() throws MetadataException {
    next = null;
    while (next == null && changes.hasNext()) {
      Change change = changes.next();
      check(change);
      if (isEffective(change)) {
        next = change;
      }
      last = change.key();
    }
  }

  private boolean isEffective(Change change) throws MetadataException {
    Node leaf = path.leafFor(change.key());
    int index = leaf.find(change.key().bytes());
    byte[] value = change.value();
    return value == null ? index >= 0 : index < 0 || !leaf.valueEquals(index, value);
  }

  private void check(Change change) {
    Key key = change.key();
    if (last != null && last.compareTo(key) >= 0) {
      throw new IllegalArgumentException("changes do not ascend: " + last + ", " + key);
    }
    byte[] value = change.value();
    if (key.bytes().length > NodeLimits.KEY_BYTES_MAX
        || (value != null && value.length > NodeLimits.VALUE_BYTES_MAX)) {
      throw new IllegalArgumentException("the item at " + key + " is too long");
    }
  }
}
