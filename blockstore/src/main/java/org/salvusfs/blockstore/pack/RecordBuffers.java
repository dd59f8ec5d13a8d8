package org.salvusfs.blockstore.pack;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Buffers for records that are read: direct ones, which the kernel fills without a copy between,
 * used again and again. There are never more than reads go on at once. Thread-safe.
 */
final class RecordBuffers {
  /** Longer records (rare) get a buffer of their own. */
  private static final int BYTES = 288 << 10;

  private final ConcurrentLinkedDeque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

  /** An empty buffer of this length. */
  ByteBuffer take(int bytes) {
    if (bytes > BYTES) {
      return ByteBuffer.allocate(bytes);
    }
    ByteBuffer buffer = idle.poll();
    return (buffer == null ? ByteBuffer.allocateDirect(BYTES) : buffer).clear().limit(bytes);
  }

  /** The buffer is not used any more by whoever took it. */
  void giveBack(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      idle.push(buffer);
    }
  }
}
