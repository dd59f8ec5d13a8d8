package org.salvusfs.metadata.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.MetadataException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The intent log in the metadata store: fenced rows in the partition of the project's head.
 *
 * <p>A record is split into parts that a row holds well, and the parts go into one batch if they
 * fit, else into several, one after the other: the record counts once its last part is there. The
 * position of a failed append is never used again, because its rows may still arrive.
 *
 * @see "docs/formats/intent-log-v1.md"
 */
public final class QuorumIntentLog implements IntentLog {
  private static final Logger log = LoggerFactory.getLogger(QuorumIntentLog.class);

  /** What of a record one row holds, in bytes of plaintext. */
  static final int PART_BYTES_MAX = 64 << 10;

  /** What rows of one batch hold together, in sealed bytes; a single row may exceed it. */
  static final int BATCH_BYTES_MAX = 512 << 10;

  private final HeadStore heads;
  private final RecordSeal seal;
  private final Fence fence;

  /** Held through an append; guards the position. */
  private final ReentrantLock appending = new ReentrantLock();

  private long nextSeq;

  /** The log of one opening. Does no I/O. */
  public QuorumIntentLog(HeadStore heads, BlockCodec codec, Fence fence) {
    this.heads = heads;
    this.seal = new RecordSeal(codec, fence);
    this.fence = fence;
  }

  @Override
  public void append(long txg, byte[] payload) throws MetadataException {
    appending.lock();
    try {
      List<LogRow> rows = rows(txg, payload);
      nextSeq += rows.size();
      for (List<LogRow> batch : batches(rows)) {
        heads.append(fence, batch);
      }
    } finally {
      appending.unlock();
    }
  }

  private List<LogRow> rows(long txg, byte[] payload) {
    int count = Math.max(1, Math.ceilDiv(payload.length, PART_BYTES_MAX));
    var rows = new ArrayList<LogRow>(count);
    for (int i = 0; i < count; i++) {
      int from = i * PART_BYTES_MAX;
      byte[] share =
          Arrays.copyOfRange(payload, from, Math.min(payload.length, from + PART_BYTES_MAX));
      long seq = nextSeq + i;
      var part = seal.part(seq, txg, i, count, share);
      rows.add(new LogRow(txg, seq, seal.seal(part)));
    }
    return rows;
  }

  private static List<List<LogRow>> batches(List<LogRow> rows) {
    var batches = new ArrayList<List<LogRow>>();
    int begin = 0;
    long bytes = 0;
    for (int i = 0; i < rows.size(); i++) {
      int rowBytes = rows.get(i).sealed().length;
      if (i > begin && bytes + rowBytes > BATCH_BYTES_MAX) {
        batches.add(rows.subList(begin, i));
        begin = i;
        bytes = 0;
      }
      bytes += rowBytes;
    }
    batches.add(rows.subList(begin, rows.size()));
    return batches;
  }

  @Override
  public void retire(long committedTxg) throws MetadataException {
    heads.trim(fence.project(), committedTxg);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A record of which parts are missing was never acknowledged and is passed over. A row that is
   * not authentic ends the recovery, with an error in the log: what follows may rest on it.
   */
  @Override
  public List<Entry> recover(long committedTxg) throws MetadataException {
    var records = new PartAssembly();
    for (LogRow row : heads.log(fence.project(), committedTxg)) {
      try {
        records.add(open(row));
      } catch (MetadataException.Corrupt e) {
        log.error(
            "log row {} of txg {} of project {}: {}; what follows is not replayed",
            row.seq(),
            row.txg(),
            fence.project(),
            e.getMessage());
        break;
      }
    }
    return records.entries();
  }

  @Override
  public List<Entry> peek(long committedTxg) throws MetadataException {
    return recover(committedTxg);
  }

  private LogPart open(LogRow row) throws MetadataException {
    LogPart part = seal.open(row.sealed());
    if (part.seq() != row.seq() || part.txg() != row.txg()) {
      throw new MetadataException.Corrupt(
          "it was written as row " + part.seq() + " of txg " + part.txg());
    }
    return part;
  }

  @Override
  public void close() {}
}
