package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages that tell the kernel to forget what it keeps. Thread-safe, but never called by a worker:
 * the kernel may wait for locks that are held until a worker answers. Only the attributes of the
 * node that it serves a request for may a worker have forgotten: that waits for no page, and for no
 * inode that is about to go.
 */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final Device device;

  Notifier(Device device) {
    this.device = device;
  }

  /** fuse_notify_inval_inode_out: ino u64, off i64, len i64. */
  void invalidateNode(long node, long offset, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = message(arena, Abi.NOTIFY_INVAL_INODE, 24);
      buffer(message)
          .putLong(Abi.OUT_HEADER_BYTES, node)
          .putLong(Abi.OUT_HEADER_BYTES + 8, offset)
          .putLong(Abi.OUT_HEADER_BYTES + 16, length);
      send(arena, message);
    }
  }

  /** fuse_notify_inval_entry_out: parent u64, namelen u32, flags u32; name, NUL. */
  void invalidateEntry(long parent, byte[] name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment message = message(arena, Abi.NOTIFY_INVAL_ENTRY, 16 + name.length + 1);
      buffer(message)
          .putLong(Abi.OUT_HEADER_BYTES, parent)
          .putInt(Abi.OUT_HEADER_BYTES + 8, name.length)
          .put(Abi.OUT_HEADER_BYTES + 16, name);
      send(arena, message);
    }
  }

  private static MemorySegment message(Arena arena, int code, int bodyBytes) {
    MemorySegment message = arena.allocate(Abi.OUT_HEADER_BYTES + bodyBytes, 8);
    buffer(message)
        .putInt(Abi.OUT_LENGTH, Abi.OUT_HEADER_BYTES + bodyBytes)
        .putInt(Abi.OUT_ERROR, code);
    return message;
  }

  private static ByteBuffer buffer(MemorySegment message) {
    return message.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private void send(Arena arena, MemorySegment message) {
    long result = device.send(message, arena.allocate(Native.CALL_STATE));
    // ENOENT: the kernel does not have it, so there is nothing to forget. ENODEV: nor a mount.
    if (result < 0 && result != -Errno.ENOENT.code() && result != -Errno.ENODEV.code()) {
      LOG.error("The kernel refused a notification: {}", Native.message((int) -result));
    }
  }
}
