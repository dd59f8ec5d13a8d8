package org.salvusfs.blockstore.pack;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;

/**
 * Keeps the most recently read packs open, so that many packs do not take many file descriptors.
 * Thread-safe; a file in use is never closed.
 */
final class OpenFiles implements Closeable {
  private final Disk disk;
  private final int filesMax;
  private final RecordBuffers buffers = new RecordBuffers(288 << 10);
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  private static final class Entry {
    final DiskFile file;
    int users;
    boolean evicted;

    Entry(DiskFile file) {
      this.file = file;
    }
  }

  OpenFiles(Disk disk, int filesMax) {
    this.disk = disk;
    this.filesMax = filesMax;
  }

  /** A file for the duration of a try statement. */
  final class Use implements Closeable {
    private final Entry entry;

    private Use(Entry entry) {
      this.entry = entry;
    }

    DiskFile file() {
      return entry.file;
    }

    @Override
    public void close() throws IOException {
      boolean last;
      lock.lock();
      try {
        last = --entry.users == 0 && entry.evicted;
      } finally {
        lock.unlock();
      }
      if (last) {
        entry.file.close();
      }
    }
  }

  /** For what is read from them. */
  RecordBuffers buffers() {
    return buffers;
  }

  Use use(String name) throws IOException {
    List<Entry> unused = new ArrayList<>();
    Entry entry;
    lock.lock();
    try {
      entry = entries.get(name);
      if (entry == null) {
        entry = new Entry(disk.open(name));
        entries.put(name, entry);
      }
      entry.users++;
      while (entries.size() > filesMax) {
        evict(entries.firstEntry().getKey(), unused);
      }
    } finally {
      lock.unlock();
    }
    closeAll(unused);
    return new Use(entry);
  }

  /** Closes a file that was deleted, once nobody uses it any more: its space is free then. */
  void drop(String name) throws IOException {
    List<Entry> unused = new ArrayList<>();
    lock.lock();
    try {
      evict(name, unused);
    } finally {
      lock.unlock();
    }
    closeAll(unused);
  }

  @Override
  public void close() throws IOException {
    List<Entry> unused = new ArrayList<>();
    lock.lock();
    try {
      while (!entries.isEmpty()) {
        evict(entries.firstEntry().getKey(), unused);
      }
    } finally {
      lock.unlock();
    }
    closeAll(unused);
  }

  private void evict(String name, List<Entry> unused) {
    Entry entry = entries.remove(name);
    if (entry != null) {
      entry.evicted = true;
      if (entry.users == 0) {
        unused.add(entry);
      }
    }
  }

  private static void closeAll(List<Entry> unused) throws IOException {
    for (Entry entry : unused) {
      entry.file.close();
    }
  }
}
