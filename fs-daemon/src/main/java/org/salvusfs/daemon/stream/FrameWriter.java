package org.salvusfs.daemon.stream;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.salvusfs.blockstore.api.BlockId;

/**
 * Writes records into frames. A frame is a block of the key's domain of streams: its id is a MAC of
 * its plaintext, its key is derived from the id, so that no key is ever used for two plaintexts,
 * and no random number is needed. As the plaintext begins with the id of the frame before, the
 * frames are a chain. Of one thread.
 */
final class FrameWriter {
  private final StreamKey key;
  private final OutputStream out;
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream(2 * Frames.PAYLOAD_BYTES);
  private final DataOutputStream record = new DataOutputStream(plain);

  FrameWriter(StreamKey key, OutputStream out) throws IOException {
    this.key = key;
    this.out = out;
    byte[] head =
        ByteBuffer.allocate(Frames.HEAD_BYTES)
            .putLong(Frames.MAGIC)
            .putInt(Frames.VERSION)
            .put(key.check())
            .array();
    out.write(head);
    begin(key.codec().id(ByteBuffer.wrap(head)));
  }

  private void begin(BlockId before) throws IOException {
    plain.reset();
    record.write(before.toBytes());
    record.writeByte(0);
  }

  /** Takes the next record, after which comes {@link #endRecord}. */
  DataOutputStream record() {
    return record;
  }

  void endRecord() throws IOException {
    if (plain.size() >= Frames.CHAIN_BYTES + Frames.PAYLOAD_BYTES) {
      begin(seal(false));
    }
  }

  /** Writes the last frame. */
  void finish() throws IOException {
    seal(true);
    out.flush();
  }

  private BlockId seal(boolean isLast) throws IOException {
    byte[] frame = plain.toByteArray();
    frame[BlockId.BYTES] = (byte) (isLast ? 1 : 0);
    BlockId id = key.codec().id(ByteBuffer.wrap(frame));
    byte[] sealed = key.codec().seal(id, frame, 0, frame.length);
    var prefix = ByteBuffer.allocate(Integer.BYTES + BlockId.BYTES).putInt(sealed.length);
    id.write(prefix);
    out.write(prefix.array());
    out.write(sealed);
    return id;
  }
}
