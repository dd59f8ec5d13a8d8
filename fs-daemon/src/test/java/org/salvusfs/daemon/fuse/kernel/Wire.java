package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds requests as the kernel would, byte by byte, and serves them without a kernel. */
final class Wire {
  static final int UID = 501;
  static final int GID = 502;
  static final int PID = 503;

  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

  /** Begins a request with unique 77. */
  Wire(int opcode, long node) {
    bytes.putInt(0).putInt(opcode).putLong(77).putLong(node);
    bytes.putInt(UID).putInt(GID).putInt(PID).putInt(0);
  }

  Wire(Opcode opcode, long node) {
    this(opcode.code(), node);
  }

  Wire u32(int value) {
    bytes.putInt(value);
    return this;
  }

  Wire u64(long value) {
    bytes.putLong(value);
    return this;
  }

  /** A text and its NUL. */
  Wire text(String text) {
    bytes.put(text.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
    return this;
  }

  Wire raw(byte... data) {
    bytes.put(data);
    return this;
  }

  /** The request with its length in the header. */
  byte[] bytes() {
    bytes.putInt(0, bytes.position());
    byte[] request = new byte[bytes.position()];
    bytes.get(0, request);
    return request;
  }

  /** A request loaded from bytes. */
  static Request request(byte[] bytes) {
    var request = new Request(ByteBuffer.wrap(bytes));
    if (!request.load(bytes.length)) {
      throw new AssertionError("no header");
    }
    return request;
  }

  /** The body of a reply, little-endian. */
  static ByteBuffer body(ByteBuffer reply) {
    ByteBuffer view = reply.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int length = view.getInt(Abi.OUT_LENGTH);
    return view.slice(Abi.OUT_HEADER_BYTES, length - Abi.OUT_HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
