package org.salvusfs.blockstore.pack;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.salvusfs.blockstore.disk.DiskFile;

/**
 * Buffers for records: direct ones, which the kernel reads and fills without a copy between, used
 * again and again. There are never more than are in use at once. Thread-safe.
 */
final class RecordBuffers {
  private final int bytes;
  private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

  /**
   * Buffers of one length.
   *
   * @param bytes their length; longer records (rare) get a buffer of their own
   */
  RecordBuffers(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /** An empty buffer of this length, at the beginning of a block of memory. */
  ByteBuffer take(int length) {
    if (length > bytes) {
      return ByteBuffer.allocate(length);
    }
    ByteBuffer buffer = idle.poll();
    return (buffer == null ? allocate() : buffer).clear().limit(length);
  }

  private ByteBuffer allocate() {
    int block = DiskFile.BLOCK_BYTES;
    ByteBuffer memory = ByteBuffer.allocateDirect(bytes + block);
    return memory.slice(-memory.alignmentOffset(0, block) & (block - 1), bytes);
  }

  /** The buffer is not used any more by whoever took it. */
  void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      idle.push(buffer);
    }
  }
}
