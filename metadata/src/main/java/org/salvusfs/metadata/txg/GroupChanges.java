package org.salvusfs.metadata.txg;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.Keys;

/** Gathers everything that a quiet group changes into one sorted batch for the tree. */
final class GroupChanges {
  private GroupChanges() {}

  /**
   * The batch.
   *
   * @param contents what the group's file contents turned into
   * @param below the committed tree that the batch will be applied to
   */
  static SortedMap<Key, Change> gather(
      Overlay overlay, List<Change> contents, View below, CountersItem counters)
      throws MetadataException {
    var batch = new TreeMap<Key, Change>();
    overlay
        .items()
        .forEach(
            (key, value) ->
                batch.put(key, new Change(key, Overlay.isTombstone(value) ? null : value)));
    for (Change change : contents) {
      batch.put(change.key(), change);
    }
    for (long inode : overlay.reaped()) {
      Key from = Keys.first(inode, (byte) 0);
      Key to = Keys.end(inode);
      batch.subMap(from, to).clear();
      Cursor cursor = below.scan(from, to);
      while (cursor.next()) {
        batch.put(cursor.key(), new Change(cursor.key(), null));
      }
    }
    batch.put(Keys.counters(), new Change(Keys.counters(), counters.encode()));
    return batch;
  }
}
