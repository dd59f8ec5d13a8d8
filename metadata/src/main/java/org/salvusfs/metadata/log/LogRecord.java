package org.salvusfs.metadata.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies in a log file: a header of 24 bytes, the sealed bytes, padding to 8.
 *
 * @param seq position in the log of its epoch
 * @param txg highest transaction group with a change in it
 * @param sealed see {@link RecordSeal}
 */
record LogRecord(long seq, long txg, byte[] sealed) {
  /** Records begin at multiples of this. */
  static final int ALIGNMENT = 8;

  private static final int CRC_OFFSET = Integer.BYTES;
  private static final int SEQ_OFFSET = CRC_OFFSET + Integer.BYTES;
  private static final int HEADER_BYTES = SEQ_OFFSET + 2 * Long.BYTES;

  /** Bytes that a record with so many sealed bytes takes in a file. */
  static int bytes(int sealedBytes) {
    return Math.addExact(HEADER_BYTES + ALIGNMENT - 1, sealedBytes) & -ALIGNMENT;
  }

  int bytes() {
    return bytes(sealed.length);
  }

  /** Writes the record at the buffer's position, padding included. */
  void encode(ByteBuffer to, long nonce) {
    ByteBuffer out = to.slice(to.position(), bytes());
    out.putInt(sealed.length).putInt(0).putLong(seq).putLong(txg).put(sealed);
    out.putInt(CRC_OFFSET, crc(out, sealed.length, nonce));
    to.position(to.position() + bytes());
  }

  /** The record that begins at {@code offset}, or null if there is none that checks. */
  static @Nullable LogRecord decode(ByteBuffer file, int offset, long nonce) {
    if (file.limit() - offset < HEADER_BYTES) {
      return null;
    }
    ByteBuffer in = file.slice(offset, file.limit() - offset);
    int length = in.getInt();
    if (length <= 0
        || length > in.limit() - HEADER_BYTES
        || in.getInt() != crc(in, length, nonce)) {
      return null;
    }
    long seq = in.getLong();
    long txg = in.getLong();
    byte[] sealed = new byte[length];
    in.get(sealed);
    return new LogRecord(seq, txg, sealed);
  }

  /** The position that a record at {@code offset} would have; cheap, and without any check. */
  static long peekSeq(ByteBuffer file, int offset) {
    return file.getLong(offset + SEQ_OFFSET);
  }

  /** The last offset at which a record may begin. */
  static int lastOffset(ByteBuffer file) {
    return file.limit() - HEADER_BYTES;
  }

  private static int crc(ByteBuffer record, int length, long nonce) {
    var crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(nonce).putInt(length).flip());
    crc.update(record.slice(SEQ_OFFSET, HEADER_BYTES - SEQ_OFFSET + length));
    return (int) crc.getValue();
  }
}
