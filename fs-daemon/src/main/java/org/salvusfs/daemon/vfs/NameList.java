package org.salvusfs.daemon.vfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An append-only list of short byte strings, kept in blocks: a name costs its bytes and two more.
 * Not thread-safe.
 */
final class NameList {
  private static final int BLOCK_NAMES = 256;

  /** Up to 256 names end to end. */
  private static final class Block {
    byte[] bytes = new byte[BLOCK_NAMES * 16];

    /** Where each name ends; 256 names of 255 bytes end below 65536. */
    final char[] ends = new char[BLOCK_NAMES];

    int count;

    int end(int index) {
      return index < 0 ? 0 : ends[index];
    }

    void add(byte[] name) {
      int start = end(count - 1);
      int end = start + name.length;
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
      }
      System.arraycopy(name, 0, bytes, start, name.length);
      ends[count++] = (char) end;
      if (count == BLOCK_NAMES) {
        bytes = Arrays.copyOf(bytes, end);
      }
    }

    byte[] get(int index) {
      return Arrays.copyOfRange(bytes, end(index - 1), end(index));
    }
  }

  private final List<Block> blocks = new ArrayList<>();
  private int size;

  void add(byte[] name) {
    if (size % BLOCK_NAMES == 0) {
      blocks.add(new Block());
    }
    blocks.getLast().add(name);
    size++;
  }

  byte[] get(int index) {
    return blocks.get(index / BLOCK_NAMES).get(index % BLOCK_NAMES);
  }

  int size() {
    return size;
  }

  void clear() {
    blocks.clear();
    size = 0;
  }
}
