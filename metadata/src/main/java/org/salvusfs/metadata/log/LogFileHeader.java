package org.salvusfs.metadata.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The first page of a log file.
 *
 * @param epoch the epoch that writes the file
 * @param number counts the files of that epoch from 0
 * @param firstSeq position of the first record in this file; records with this position or a later
 *     one in earlier files of the epoch were never acknowledged
 * @param host the writer
 * @param nonce drawn anew for every use of the file and part of each record's checksum: what an
 *     earlier use left in a recycled file does not check
 */
record LogFileHeader(
    ProjectId project, long epoch, long number, long firstSeq, UUID host, long nonce) {
  /** Length of the header with its padding: appends never touch its page. */
  static final int BYTES = 4096;

  private static final long MAGIC = 0x53414c56494c4f47L; // "SALVILOG"
  private static final int VERSION = 1;
  private static final int CRC_OFFSET = Long.BYTES + Integer.BYTES;
  private static final int FIELDS_OFFSET = CRC_OFFSET + Integer.BYTES;
  private static final int RESERVED_BYTES = 16;
  private static final int FIELDS_BYTES = 16 + 3 * Long.BYTES + 16 + Long.BYTES + RESERVED_BYTES;

  LogFileHeader withNonce(long newNonce) {
    return new LogFileHeader(project, epoch, number, firstSeq, host, newNonce);
  }

  /** A page with the position at its beginning. */
  ByteBuffer encode() {
    ByteBuffer page = ByteBuffer.allocate(BYTES);
    page.putLong(MAGIC).putInt(VERSION).putInt(0);
    putUuid(page, project.uuid()).putLong(epoch).putLong(number).putLong(firstSeq);
    putUuid(page, host).putLong(nonce);
    page.putInt(CRC_OFFSET, crc(page));
    return page.clear();
  }

  /** The header on {@code page}, or null if there is none that checks. */
  static @Nullable LogFileHeader decode(ByteBuffer page) {
    if (page.limit() < BYTES
        || page.getLong(0) != MAGIC
        || page.getInt(Long.BYTES) != VERSION
        || page.getInt(CRC_OFFSET) != crc(page)) {
      return null;
    }
    ByteBuffer in = page.duplicate().position(FIELDS_OFFSET);
    return new LogFileHeader(
        new ProjectId(new UUID(in.getLong(), in.getLong())),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        new UUID(in.getLong(), in.getLong()),
        in.getLong());
  }

  /** Whether the header is that of the file with this name, written by this host. */
  boolean belongsTo(LogFileName name, UUID writer) {
    return project.equals(name.project())
        && epoch == name.epoch()
        && number == name.number()
        && host.equals(writer);
  }

  private static ByteBuffer putUuid(ByteBuffer to, UUID uuid) {
    return to.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  private static int crc(ByteBuffer page) {
    var crc = new CRC32C();
    crc.update(page.slice(FIELDS_OFFSET, FIELDS_BYTES));
    return (int) crc.getValue();
  }
}
