package org.salvusfs.metadata.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Paths in one tree. A directory names its parent, whose entries are looked through for its name
 * once; the names of other inodes stand in entries only. Of one thread.
 */
final class Names {
  /** Deeper than any path that can be used; a cycle is damage. */
  private static final int DEPTH_MAX = 4096;

  private static final int TYPE_DIRECTORY = InodeItem.S_IFDIR >> 12;

  private final View view;
  private final Map<Long, Place> places = new HashMap<>();
  private final Set<Long> listed = new HashSet<>();

  Names(View view) {
    this.view = view;
  }

  /** Tells a name that the caller came by. */
  void know(long inode, Place place) {
    places.putIfAbsent(inode, place);
  }

  /** Looks through all entries of the tree for those whose name is not known: costs all of them. */
  void search(Set<Long> inodes) throws MetadataException {
    var wanted = new HashSet<>(inodes);
    wanted.removeAll(places.keySet());
    if (wanted.isEmpty()) {
      return;
    }
    Cursor cursor = view.scan(Keys.first(Keys.ROOT_INODE, (byte) 0), Keys.first(-1, (byte) 0));
    while (!wanted.isEmpty() && cursor.next()) {
      Key key = cursor.key();
      if (key.kind() == Keys.DIRENT) {
        long inode = DirentItem.decode(cursor.value()).inode();
        if (wanted.remove(inode)) {
          know(inode, place(key));
        }
      }
    }
  }

  static Place place(Key entry) {
    return new Place(entry.inode(), new String(Keys.suffix(entry), UTF_8));
  }

  /** A path of an inode whose name is known or that is a directory; null if there is none. */
  @Nullable String path(long inode) throws MetadataException {
    var path = new StringBuilder();
    long at = inode;
    for (int depth = 0; at != Keys.ROOT_INODE; depth++) {
      Place place = placeOf(at);
      if (place == null) {
        return null;
      }
      if (depth > DEPTH_MAX) {
        throw new MetadataException.Corrupt(
            "the parents of inode " + inode + " go round in circles");
      }
      path.insert(0, depth == 0 ? place.name() : place.name() + '/');
      at = place.directory();
    }
    return path.toString();
  }

  private @Nullable Place placeOf(long inode) throws MetadataException {
    Place known = places.get(inode);
    if (known != null) {
      return known;
    }
    byte[] value = view.get(Keys.inode(inode));
    InodeItem item = value == null ? null : InodeItem.decode(value);
    if (item == null || !item.isDirectory()) {
      return null;
    }
    list(item.parent());
    return places.get(inode);
  }

  /** Learns the names of all directories in a directory. */
  private void list(long directory) throws MetadataException {
    if (!listed.add(directory)) {
      return;
    }
    Cursor cursor = view.scan(Keys.first(directory, Keys.DIRENT), Keys.end(directory, Keys.DIRENT));
    while (cursor.next()) {
      DirentItem entry = DirentItem.decode(cursor.value());
      if (entry.type() == TYPE_DIRECTORY) {
        know(entry.inode(), place(cursor.key()));
      }
    }
  }
}
