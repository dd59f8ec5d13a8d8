package org.salvusfs.daemon.fs;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A sparse file's bytes in pages; a page that is not there is a hole. Not thread-safe. */
final class MemoryContent {
  static final int PAGE_BYTES = 4096;

  private final TreeMap<Long, byte[]> pages = new TreeMap<>();
  private long size;

  long size() {
    return size;
  }

  long allocated() {
    return (long) pages.size() * PAGE_BYTES;
  }

  int read(long offset, ByteBuffer into) {
    int count = Math.clamp(size - offset, 0, into.remaining());
    int done = 0;
    while (done < count) {
      long at = offset + done;
      int inPage = (int) (at % PAGE_BYTES);
      int part = Math.min(count - done, PAGE_BYTES - inPage);
      byte[] page = pages.get(at / PAGE_BYTES);
      into.put(page == null ? new byte[part] : page, page == null ? 0 : inPage, part);
      done += part;
    }
    return count;
  }

  void write(long offset, ByteBuffer from) {
    long at = offset;
    while (from.hasRemaining()) {
      int inPage = (int) (at % PAGE_BYTES);
      int part = Math.min(from.remaining(), PAGE_BYTES - inPage);
      from.get(pages.computeIfAbsent(at / PAGE_BYTES, k -> new byte[PAGE_BYTES]), inPage, part);
      at += part;
    }
    size = Math.max(size, at);
  }

  void truncate(long to) {
    if (to < size) {
      punch(to, size - to);
      pages.tailMap(Math.ceilDiv(to, PAGE_BYTES), true).clear();
    }
    size = to;
  }

  /** Makes a hole; the size stays. */
  void punch(long offset, long length) {
    long end = Math.min(offset + length, size);
    long firstWhole = Math.ceilDiv(offset, PAGE_BYTES);
    long endWhole = end / PAGE_BYTES;
    if (firstWhole < endWhole) {
      pages.subMap(firstWhole, endWhole).clear();
    }
    zero(offset, Math.min(end, firstWhole * PAGE_BYTES));
    zero(Math.max(offset, endWhole * PAGE_BYTES), end);
  }

  /** Has a range inside the size take its pages. */
  void allocate(long offset, long length) {
    for (long page = offset / PAGE_BYTES; page * PAGE_BYTES < offset + length; page++) {
      pages.computeIfAbsent(page, k -> new byte[PAGE_BYTES]);
    }
  }

  private void zero(long from, long to) {
    byte[] page = from < to ? pages.get(from / PAGE_BYTES) : null;
    if (page != null) {
      int start = (int) (from % PAGE_BYTES);
      Arrays.fill(page, start, start + (int) (to - from), (byte) 0);
    }
  }

  /** The first offset of data at or after {@code offset}, -1 if there is none. */
  long nextData(long offset) {
    Map.Entry<Long, byte[]> page = pages.ceilingEntry(offset / PAGE_BYTES);
    long at = page == null ? size : Math.max(offset, page.getKey() * PAGE_BYTES);
    return at < size ? at : -1;
  }

  /** The first offset of a hole at or after {@code offset}; the end of the file counts as one. */
  long nextHole(long offset) {
    long page = offset / PAGE_BYTES;
    while (pages.containsKey(page)) {
      page++;
    }
    return Math.min(size, Math.max(offset, page * PAGE_BYTES));
  }
}
