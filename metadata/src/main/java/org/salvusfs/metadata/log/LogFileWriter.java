package org.salvusfs.metadata.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.salvusfs.blockstore.disk.DiskFile;

/**
 * The log file that is being appended to. Zeros are written ahead of the records in steps, so that
 * nearly every append overwrites bytes that the file system has allocated, initialised and counted
 * already, and its fdatasync writes one place of the disk only. Of one thread. After an exception
 * it can only be closed.
 */
final class LogFileWriter implements Closeable {
  private final LogFileName name;
  private final DiskFile file;
  private final long nonce;
  private final int stepBytes;
  private final int fileBytes;
  private int position = LogFileHeader.BYTES;
  private long writtenBytes;
  private long highestTxg;

  /**
   * Continues a file behind its header.
   *
   * @param writtenBytes length of the file
   */
  LogFileWriter(
      LogFileName name,
      DiskFile file,
      long nonce,
      long writtenBytes,
      HostLogDirectory.Options options) {
    this.name = name;
    this.file = file;
    this.nonce = nonce;
    this.writtenBytes = writtenBytes;
    this.stepBytes = options.stepBytes();
    this.fileBytes = options.fileBytes();
  }

  LogFileName name() {
    return name;
  }

  /** Highest group of all records that were appended; 0 before the first. */
  long highestTxg() {
    return highestTxg;
  }

  /** Whether the record fits; the first one always does. */
  boolean hasRoom(LogRecord record) {
    return position == LogFileHeader.BYTES || position + record.bytes() <= fileBytes;
  }

  /** Durable on return. */
  void append(LogRecord record) throws IOException {
    int end = Math.addExact(position, record.bytes());
    int upTo =
        end <= writtenBytes ? end : Math.multiplyExact(Math.ceilDiv(end, stepBytes), stepBytes);
    ByteBuffer buffer = ByteBuffer.allocate(upTo - position);
    record.encode(buffer, nonce);
    file.write(buffer.clear(), position);
    file.sync();
    position = end;
    writtenBytes = Math.max(writtenBytes, upTo);
    highestTxg = Math.max(highestTxg, record.txg());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
