package org.salvusfs.metadata.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the records of one log file, up to the first that does not check. */
final class LogFileReader {
  /** How far ahead of the last good record a record is still believed to be of the same file. */
  private static final long SEQ_AHEAD_MAX = 1L << 32;

  /**
   * What a file holds.
   *
   * @param firstSeq position of its first record, or -1 if the header does not check
   * @param records with positions rising by one from {@code firstSeq}
   * @param damaged whether something that does not check is not just the tail of an append that a
   *     crash cut off: the header, or a record with a good one behind it
   */
  record Found(LogFileName name, long firstSeq, List<LogRecord> records, boolean damaged) {}

  private LogFileReader() {}

  /** Reads the file that {@code host} wrote under this name. */
  static Found read(HostLogDirectory directory, LogFileName name, UUID host) throws IOException {
    ByteBuffer file = directory.read(name);
    LogFileHeader header = LogFileHeader.decode(file);
    return header == null || !header.belongsTo(name, host)
        ? new Found(name, -1, List.of(), true)
        : read(name, file, header);
  }

  private static Found read(LogFileName name, ByteBuffer file, LogFileHeader header) {
    var records = new ArrayList<LogRecord>();
    int offset = LogFileHeader.BYTES;
    long seq = header.firstSeq();
    while (true) {
      @Nullable LogRecord record = LogRecord.decode(file, offset, header.nonce());
      if (record == null || record.seq() != seq) {
        boolean damaged = hasRecordBehind(file, offset, seq, header.nonce());
        return new Found(name, header.firstSeq(), records, damaged);
      }
      records.add(record);
      seq++;
      offset += record.bytes();
    }
  }

  private static boolean hasRecordBehind(ByteBuffer file, int offset, long seq, long nonce) {
    int last = LogRecord.lastOffset(file);
    for (int i = offset + LogRecord.ALIGNMENT; i <= last; i += LogRecord.ALIGNMENT) {
      long ahead = LogRecord.peekSeq(file, i) - seq;
      if (ahead > 0 && ahead < SEQ_AHEAD_MAX && LogRecord.decode(file, i, nonce) != null) {
        return true;
      }
    }
    return false;
  }
}
