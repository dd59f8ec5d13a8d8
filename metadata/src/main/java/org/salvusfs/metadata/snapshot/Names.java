package org.salvusfs.metadata.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
 * once; other inodes name the directory in which they got a name last. Of one thread.
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

  /**
   * Looks for names that are not known, in the directories that the inodes say they got a name in
   * last. For those that have none there any more it looks through all entries of the tree.
   */
  void search(Map<Long, InodeItem> inodes) throws MetadataException {
    var wanted = new HashSet<>(inodes.keySet());
    wanted.removeAll(places.keySet());
    var directories = new TreeSet<Long>();
    wanted.forEach(inode -> directories.add(Objects.requireNonNull(inodes.get(inode)).parent()));
    for (long directory : directories) {
      search(Keys.first(directory, Keys.DIRENT), Keys.end(directory, Keys.DIRENT), wanted);
    }
    search(Keys.first(Keys.ROOT_INODE, (byte) 0), Keys.first(-1, (byte) 0), wanted);
  }

  private void search(Key from, Key to, Set<Long> wanted) throws MetadataException {
    if (wanted.isEmpty()) {
      return;
    }
    Cursor cursor = view.scan(from, to);
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
