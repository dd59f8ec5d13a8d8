package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** The invariants of the package's page, checked over all items of a quiet project. */
final class TreeCheck {
  private TreeCheck() {}

  static void check(View view, CountersItem usage) throws IOException {
    Map<Long, InodeItem> inodes = new HashMap<>();
    Map<Long, Integer> entries = new HashMap<>();
    Map<Long, Integer> subdirectories = new HashMap<>();
    Map<Long, Long> parents = new HashMap<>();
    Set<Long> orphans = new HashSet<>();
    Set<Long> mentioned = new HashSet<>();
    Set<Long> links = new HashSet<>();
    Cursor cursor = view.scan(Keys.first(0, (byte) 0), Keys.first(-1, (byte) 0));
    while (cursor.next()) {
      Key key = cursor.key();
      switch (key.kind()) {
        case Keys.INODE -> inodes.put(key.inode(), InodeItem.decode(cursor.value()));
        case Keys.ORPHAN -> orphans.add(Keys.suffixLong(key));
        case Keys.DIRENT -> {
          var entry = DirentItem.decode(cursor.value());
          entries.merge(entry.inode(), 1, Integer::sum);
          parents.put(entry.inode(), key.inode());
          if (entry.type() == InodeItem.S_IFDIR >> 12) {
            subdirectories.merge(key.inode(), 1, Integer::sum);
          }
          mentioned.add(key.inode());
          mentioned.add(entry.inode());
        }
        case Keys.LINK -> links.add(Keys.suffixLong(key));
        case Keys.COUNTERS, Keys.LINEAGE, Keys.ORIGIN -> {}
        default -> mentioned.add(key.inode());
      }
    }
    long bytes = 0;
    for (var each : inodes.entrySet()) {
      long inode = each.getKey();
      InodeItem item = each.getValue();
      bytes += item.allocatedBytes();
      String what = "links of inode " + inode + " " + item;
      if (orphans.contains(inode)) {
        assertEquals(0, item.nlink(), what);
        assertEquals(null, entries.get(inode), what);
      } else if (item.isDirectory()) {
        assertEquals(2 + subdirectories.getOrDefault(inode, 0), item.nlink(), what);
        assertEquals(inode == Keys.ROOT_INODE ? null : 1, entries.get(inode), what);
        assertEquals(parents.getOrDefault(inode, inode), item.parent(), "parent of " + inode);
        assertReachable(inode, inodes);
      } else {
        assertEquals(entries.get(inode), item.nlink(), what);
      }
    }
    inodes.entrySet().stream()
        .filter(each -> each.getValue().isLink())
        .forEach(each -> assertTrue(links.remove(each.getKey()), "link " + each));
    assertEquals(Set.of(), links, "links without a directory");
    mentioned.removeAll(inodes.keySet());
    assertEquals(Set.of(), mentioned, "items without an inode");
    assertEquals(inodes.size(), usage.inodes(), "inodes");
    assertEquals(bytes, usage.bytes(), "bytes");
  }

  private static void assertReachable(long directory, Map<Long, InodeItem> inodes) {
    Set<Long> seen = new HashSet<>();
    long at = directory;
    while (at != Keys.ROOT_INODE) {
      InodeItem item = inodes.get(at);
      if (item == null || !seen.add(at)) {
        throw new AssertionError("directory " + directory + " is not below the top");
      }
      at = item.parent();
    }
  }
}
