package org.salvusfs.daemon.data;

import java.util.Arrays;
import java.util.BitSet;

/** What a file must look like: bytes and which of them are data, from {@code base} on. */
final class ModelFile {
  /** Below it the file is a hole. */
  final long base;

  private byte[] bytes = {};
  private BitSet data = new BitSet();

  ModelFile(long base) {
    this.base = base;
  }

  ModelFile copy() {
    var copy = new ModelFile(base);
    copy.bytes = bytes.clone();
    copy.data = (BitSet) data.clone();
    return copy;
  }

  /** Size beyond the base; the file's size is 0 when it is 0. */
  int size() {
    return bytes.length;
  }

  long fileSize() {
    return bytes.length == 0 ? 0 : base + bytes.length;
  }

  long allocated() {
    return data.cardinality();
  }

  byte[] bytes() {
    return bytes;
  }

  void write(int offset, byte[] from) {
    if (from.length > 0) {
      resize(Math.max(bytes.length, offset + from.length));
      System.arraycopy(from, 0, bytes, offset, from.length);
      data.set(offset, offset + from.length);
    }
  }

  void resize(int size) {
    bytes = Arrays.copyOf(bytes, size);
    data.clear(size, Math.max(size, data.length()));
  }

  void punch(int from, int to) {
    int end = Math.min(to, bytes.length);
    if (from < end) {
      Arrays.fill(bytes, from, end, (byte) 0);
      data.clear(from, end);
    }
  }

  /** What is data already stays as it is unless {@code zeroed}. */
  void reserve(int offset, int length, boolean zeroed) {
    if (zeroed) {
      punch(offset, offset + length);
    }
    resize(Math.max(bytes.length, offset + length));
    data.set(offset, offset + length);
  }

  void share(ModelFile from, int fromOffset, int toOffset, int length) {
    int count = Math.min(length, from.size() - fromOffset);
    if (count <= 0) {
      return;
    }
    byte[] copied = Arrays.copyOfRange(from.bytes, fromOffset, fromOffset + count);
    BitSet copiedData = from.data.get(fromOffset, fromOffset + count);
    resize(Math.max(bytes.length, toOffset + count));
    System.arraycopy(copied, 0, bytes, toOffset, count);
    data.clear(toOffset, toOffset + count);
    copiedData.stream().forEach(i -> data.set(toOffset + i));
  }

  int nextData(int offset) {
    int next = data.nextSetBit(offset);
    return next < 0 || next >= bytes.length ? -1 : next;
  }

  int nextHole(int offset) {
    return offset >= bytes.length ? -1 : Math.min(bytes.length, data.nextClearBit(offset));
  }
}
