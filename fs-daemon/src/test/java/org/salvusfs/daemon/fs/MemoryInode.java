package org.salvusfs.daemon.fs;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.salvusfs.metadata.item.InodeItem;

/** An inode of {@link MemoryFileSystem}; guarded by its lock. */
final class MemoryInode {
  private static final int S_ISUID = 04000;
  private static final int S_ISGID = 02000;
  private static final int S_IXGRP = 0010;

  /** A directory's entry. */
  record Entry(String name, MemoryInode child, long cookie) {}

  final long number;
  final MemoryContent content = new MemoryContent();
  final Map<String, byte[]> xattrs = new TreeMap<>();
  private final Map<String, Entry> byName = new HashMap<>();
  private final TreeMap<Long, Entry> byCookie = new TreeMap<>();
  byte[] target = {};
  int mode;
  int uid;
  int gid;
  int nlink;
  int rdev;
  long atime;
  long mtime;
  long ctime;
  final long btime;
  MemoryInode parent = this;
  long lookups;
  int opened;
  private long nextCookie = 3;

  MemoryInode(long number, int mode, int uid, int gid, long now) {
    this.number = number;
    this.mode = mode;
    this.uid = uid;
    this.gid = gid;
    this.btime = now;
    this.atime = now;
    this.mtime = now;
    this.ctime = now;
  }

  boolean isDirectory() {
    return (mode & InodeItem.S_IFMT) == InodeItem.S_IFDIR;
  }

  boolean isRegular() {
    return (mode & InodeItem.S_IFMT) == InodeItem.S_IFREG;
  }

  Map<String, Entry> entries() {
    return byName;
  }

  /** Entries after a cookie in the order of their cookies. */
  Iterable<Entry> entriesAfter(long cookie) {
    return byCookie.tailMap(cookie, false).values();
  }

  void put(String name, MemoryInode child) {
    remove(name);
    var entry = new Entry(name, child, nextCookie++);
    byName.put(name, entry);
    byCookie.put(entry.cookie(), entry);
  }

  void remove(String name) {
    Entry old = byName.remove(name);
    if (old != null) {
      byCookie.remove(old.cookie());
    }
  }

  /** A new child gets the directory's group, and a new directory the bit too, if it is set. */
  boolean givesGroup() {
    return (mode & S_ISGID) != 0;
  }

  void inheritGroupOf(MemoryInode directory) {
    gid = directory.gid;
    if (isDirectory()) {
      mode |= S_ISGID;
    }
  }

  void killSuidgid() {
    mode &= ~S_ISUID;
    if ((mode & S_IXGRP) != 0) {
      mode &= ~S_ISGID;
    }
  }

  Attr attr() {
    long size = isRegular() ? content.size() : target.length;
    long up = isDirectory() ? parent.number : 0;
    return new Attr(
        number,
        number,
        new InodeItem(
            mode,
            uid,
            gid,
            nlink,
            size,
            content.allocated(),
            atime,
            mtime,
            ctime,
            btime,
            rdev,
            up));
  }
}
