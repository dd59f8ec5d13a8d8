package org.salvusfs.blockstore.pack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * The bytes of pack version 1. Everything is big-endian; every offset of a record is a multiple of
 * 8.
 *
 * @see "docs/formats/pack-v1.md"
 */
final class PackFormat {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 64;
  static final int RECORD_HEADER_BYTES = 48;
  static final int FOOTER_ENTRY_BYTES = 44;
  static final int TRAILER_BYTES = 48;
  static final int ALIGNMENT = 8;
  private static final int TRAILER_CRC_AT = 36;

  /** Longest sealed block that a record can hold; a longer length in a header is damage. */
  static final int PAYLOAD_BYTES_MAX = 64 << 20;

  /** Not text, broken by every newline conversion, like PNG's. */
  private static final long MAGIC = 0x89_53_50_4b_0d_0a_1a_0aL;

  private static final long TRAILER_MAGIC = 0x8a_53_50_4b_0d_0a_1a_0aL;
  static final int RECORD_MAGIC = 0xa5_53_52_31;
  private static final byte[] NAME = "salvusfs-pack\0\0\0".getBytes(US_ASCII);
  private static final Pattern FILE = Pattern.compile("pack-([0-9a-f]{8})\\.spk");

  private PackFormat() {}

  /** What a record's header says. */
  record RecordHeader(BlockId id, int payloadBytes, int payloadCrc) {
    long recordBytes() {
      return PackFormat.recordBytes(payloadBytes);
    }
  }

  /**
   * What a sealed pack's trailer says.
   *
   * @param dataEnd where the last record ends
   * @param footerStart where the footer begins; what a crash left between the two is dead
   * @param count entries of the footer
   * @param footerCrc CRC-32C of the footer
   */
  record Trailer(long dataEnd, long footerStart, int count, int footerCrc) {
    private long fileBytes() {
      return footerStart + (long) count * FOOTER_ENTRY_BYTES + TRAILER_BYTES;
    }
  }

  /** What a pack's first 64 bytes are. */
  enum HeaderState {
    GOOD,
    /** Nothing, or only zeros: it never reached the disk. */
    ABSENT,
    DAMAGED,
    /** Intact, but of another version. */
    FOREIGN
  }

  static String fileName(int pack) {
    return "pack-%08x.spk".formatted(pack);
  }

  /** The number in a pack's file name; empty for other files. */
  static OptionalInt number(String fileName) {
    Matcher matcher = FILE.matcher(fileName);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseUnsignedInt(matcher.group(1), 16))
        : OptionalInt.empty();
  }

  /** Length of a record with its header and padding. */
  static long recordBytes(int payloadBytes) {
    return align(RECORD_HEADER_BYTES + (long) payloadBytes);
  }

  static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static ByteBuffer header(int pack) {
    var header = ByteBuffer.allocate(HEADER_BYTES);
    header.putLong(MAGIC).put(NAME).putInt(VERSION).putInt(pack);
    header.putInt(HEADER_BYTES - 4, crc(header, 0, HEADER_BYTES - 4));
    return header.clear();
  }

  static HeaderState headerState(ByteBuffer header, int pack) {
    if (header.mismatch(ByteBuffer.allocate(HEADER_BYTES).limit(header.limit())) < 0) {
      return HeaderState.ABSENT;
    }
    if (header.limit() != HEADER_BYTES
        || header.getLong(0) != MAGIC
        || header.getInt(HEADER_BYTES - 4) != crc(header, 0, HEADER_BYTES - 4)) {
      return HeaderState.DAMAGED;
    }
    if (header.getInt(24) != VERSION) {
      return HeaderState.FOREIGN;
    }
    return header.equals(header(pack)) ? HeaderState.GOOD : HeaderState.DAMAGED;
  }

  /** Appends a record: header, payload, padding. */
  static void putRecord(
      ByteBuffer to, int pack, long offset, BlockId id, byte[] payload, int payloadCrc) {
    int start = to.position();
    to.putInt(RECORD_MAGIC).putInt(payload.length);
    id.write(to);
    to.putInt(payloadCrc).putInt(placedCrc(to, start, pack, offset)).put(payload);
    while ((to.position() - start) % ALIGNMENT != 0) {
      to.put((byte) 0);
    }
  }

  /** The header at a position of a buffer, or null if there is none that belongs to this place. */
  static @Nullable RecordHeader recordHeader(ByteBuffer from, int at, int pack, long offset) {
    if (from.getInt(at) != RECORD_MAGIC
        || from.getInt(at + RECORD_HEADER_BYTES - 4) != placedCrc(from, at, pack, offset)) {
      return null;
    }
    int payloadBytes = from.getInt(at + 4);
    if (payloadBytes < 0 || payloadBytes > PAYLOAD_BYTES_MAX) {
      return null;
    }
    BlockId id = BlockId.read(from.slice(at + 8, BlockId.BYTES));
    return new RecordHeader(id, payloadBytes, from.getInt(at + 40));
  }

  static ByteBuffer trailer(int pack, Trailer trailer) {
    var bytes = ByteBuffer.allocate(TRAILER_BYTES);
    bytes.putLong(trailer.dataEnd()).putLong(trailer.footerStart());
    bytes.putInt(trailer.count()).putInt(trailer.footerCrc()).putInt(pack).putInt(VERSION);
    bytes.putInt(0).putInt(crc(bytes, 0, TRAILER_CRC_AT)).putLong(TRAILER_MAGIC);
    return bytes.flip();
  }

  /** The trailer that ends a file of this length, or null. */
  static @Nullable Trailer trailer(ByteBuffer from, int pack, long fileBytes) {
    if (from.limit() != TRAILER_BYTES
        || from.getLong(TRAILER_CRC_AT + 4) != TRAILER_MAGIC
        || from.getInt(TRAILER_CRC_AT) != crc(from, 0, TRAILER_CRC_AT)
        || from.getInt(24) != pack
        || from.getInt(28) != VERSION) {
      return null;
    }
    var trailer = new Trailer(from.getLong(0), from.getLong(8), from.getInt(16), from.getInt(20));
    return trailer.count() >= 0
            && trailer.dataEnd() >= HEADER_BYTES
            && trailer.footerStart() >= trailer.dataEnd()
            && trailer.fileBytes() == fileBytes
        ? trailer
        : null;
  }

  /** CRC-32C of {@code buffer[from, from + length)}; position and limit are unchanged. */
  static int crc(ByteBuffer buffer, int from, int length) {
    var crc = new CRC32C();
    crc.update(buffer.slice(from, length));
    return (int) crc.getValue();
  }

  /** CRC-32C of an array. */
  static int crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /**
   * Over pack, offset and the first 44 bytes of the header: a record is valid in one place only.
   */
  private static int placedCrc(ByteBuffer buffer, int at, int pack, long offset) {
    var crc = new CRC32C();
    crc.update(ByteBuffer.allocate(12).putInt(pack).putLong(offset).flip());
    crc.update(buffer.slice(at, RECORD_HEADER_BYTES - 4));
    return (int) crc.getValue();
  }
}
