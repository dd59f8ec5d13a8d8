package org.salvusfs.metadata.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Plans how to mend what a check found. Counts are set to what was counted; what no entry names
 * comes into {@code lost+found} under the top; what was deleted is recorded to be reclaimed. No
 * contents are ever removed: damaged chunks, overlaps and unreadable items stay as they are, and so
 * does an entry that leads to an inode of which anything is left.
 */
public final class Repairs {
  private static final byte[] LOST_AND_FOUND = "lost+found".getBytes(UTF_8);
  private static final int LOST_AND_FOUND_MODE = InodeItem.S_IFDIR | 0700;

  private final View view;
  private final long nowNanos;
  private final NavigableMap<Key, Change> changes = new TreeMap<>();
  private CountersItem counters;
  private long lostAndFound;

  private Repairs(View view, CountersItem counters, long nowNanos) {
    this.view = view;
    this.counters = counters;
    this.nowNanos = nowNanos;
  }

  /**
   * The changes that mend what can be mended, ascending by key; to be applied to the very tree that
   * was checked. Empty if a node is damaged or there is no top directory, since then nothing that
   * seems superfluous is certain to be.
   *
   * @param nowNanos time of day, nanoseconds since 1970, for a new {@code lost+found}
   */
  public static List<Change> plan(View view, CheckReport report, long nowNanos)
      throws MetadataException {
    var repairs = new Repairs(view, report.counted(), nowNanos);
    if (!report.isComplete() || repairs.findInode(Keys.ROOT_INODE) == null) {
      return List.of();
    }
    for (Finding finding : report.findings()) {
      repairs.setCounts(finding);
    }
    for (Finding finding : report.findings()) {
      repairs.mendEntries(finding);
    }
    repairs.setCounters();
    return new ArrayList<>(repairs.changes.values());
  }

  /** Sets what a recount gives; {@link #mendEntries} then changes it where it moves entries. */
  private void setCounts(Finding finding) throws MetadataException {
    switch (finding) {
      case Finding.WrongAllocated wrong -> {
        InodeItem item = inode(wrong.inode());
        put(wrong.inode(), item.withSize(item.sizeBytes(), wrong.countedBytes()));
      }
      case Finding.WrongLinkCount wrong ->
          put(wrong.inode(), inode(wrong.inode()).withNlink(wrong.counted()));
      case Finding.WrongParent wrong ->
          put(wrong.directory(), inode(wrong.directory()).withParent(wrong.holder()));
      case Finding.UnrecordedOrphan orphan -> put(Keys.orphan(orphan.inode()), new byte[0]);
      case Finding.OrphanWithoutInode orphan -> delete(Keys.orphan(orphan.inode()));
      case Finding.OrphanInUse orphan -> delete(Keys.orphan(orphan.inode()));
      case Finding _ -> {}
    }
  }

  private void mendEntries(Finding finding) throws MetadataException {
    switch (finding) {
      case Finding.DanglingEntry entry -> {
        if (!view.scan(Keys.inode(entry.inode()), Keys.end(entry.inode())).next()) {
          removeEntry(entry.directory(), entry.name());
        }
      }
      case Finding.ExtraDirectoryEntry entry -> removeEntry(entry.directory(), entry.name());
      case Finding.WrongEntryType entry -> {
        removeEntry(entry.directory(), entry.name());
        addEntry(entry.directory(), entry.name(), entry.inode(), entry.actual());
      }
      case Finding.DirectoryLoop loop -> {
        removeEntry(loop.directory(), loop.name());
        find(loop.inode());
      }
      case Finding.Unreachable lost -> find(lost.inode());
      case Finding _ -> {}
    }
  }

  private void removeEntry(long directory, byte[] name) throws MetadataException {
    Key key = Keys.dirent(directory, name);
    byte[] value = get(key);
    if (value != null) {
      delete(key);
      addSubdirectories(directory, DirentItem.decode(value).type(), -1);
    }
  }

  private void addEntry(long directory, byte[] name, long inode, int type)
      throws MetadataException {
    put(Keys.dirent(directory, name), new DirentItem(inode, type).encode());
    addSubdirectories(directory, type, 1);
  }

  private void addSubdirectories(long directory, int type, int number) throws MetadataException {
    InodeItem item = findInode(directory);
    if (type == LinkTable.DIRECTORY && item != null) {
      put(directory, item.withNlink(item.nlink() + number));
    }
  }

  /** Brings an inode that has no entry into {@code lost+found}. */
  private void find(long inode) throws MetadataException {
    if (lostAndFound == 0) {
      lostAndFound = openLostAndFound();
    }
    InodeItem item = inode(inode);
    int type = (item.mode() & InodeItem.S_IFMT) >> 12;
    addEntry(lostAndFound, freeName(lostAndFound, ("#" + inode).getBytes(UTF_8)), inode, type);
    put(inode, item.isDirectory() ? item.withParent(lostAndFound) : item.withNlink(1));
  }

  private long openLostAndFound() throws MetadataException {
    byte[] value = get(Keys.dirent(Keys.ROOT_INODE, LOST_AND_FOUND));
    if (value != null) {
      DirentItem entry = DirentItem.decode(value);
      InodeItem item = findInode(entry.inode());
      if (item != null && item.isDirectory()) {
        return entry.inode();
      }
    }
    long inode = counters.nextInode();
    counters = new CountersItem(inode + 1, counters.bytes(), counters.inodes() + 1);
    put(
        inode,
        new InodeItem(
            LOST_AND_FOUND_MODE,
            0,
            0,
            2,
            0,
            0,
            nowNanos,
            nowNanos,
            nowNanos,
            nowNanos,
            0,
            Keys.ROOT_INODE));
    byte[] name = freeName(Keys.ROOT_INODE, LOST_AND_FOUND);
    addEntry(Keys.ROOT_INODE, name, inode, LinkTable.DIRECTORY);
    return inode;
  }

  private byte[] freeName(long directory, byte[] wanted) throws MetadataException {
    byte[] name = wanted;
    for (int i = 1; get(Keys.dirent(directory, name)) != null; i++) {
      name = (new String(wanted, UTF_8) + "." + i).getBytes(UTF_8);
    }
    return name;
  }

  private void setCounters() throws MetadataException {
    byte[] recorded = get(Keys.counters());
    if (!Arrays.equals(recorded, counters.encode())) {
      put(Keys.counters(), counters.encode());
    }
  }

  private InodeItem inode(long inode) throws MetadataException {
    InodeItem item = findInode(inode);
    if (item == null) {
      throw new IllegalArgumentException("the report is of another tree: no inode " + inode);
    }
    return item;
  }

  private @Nullable InodeItem findInode(long inode) throws MetadataException {
    byte[] value = get(Keys.inode(inode));
    return value == null ? null : InodeItem.decode(value);
  }

  private byte @Nullable [] get(Key key) throws MetadataException {
    Change change = changes.get(key);
    return change != null ? change.value() : view.get(key);
  }

  private void put(long inode, InodeItem item) {
    put(Keys.inode(inode), item.encode());
  }

  private void put(Key key, byte[] value) {
    changes.put(key, new Change(key, value));
  }

  private void delete(Key key) {
    changes.put(key, new Change(key, null));
  }
}
