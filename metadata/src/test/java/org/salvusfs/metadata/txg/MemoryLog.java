package org.salvusfs.metadata.txg;

import java.util.ArrayList;
import java.util.List;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;

/** An intent log whose records survive the process that is simulated. */
class MemoryLog implements IntentLog {
  private final List<Entry> records;

  /**
   * @param records outlives this log: hand it to the next one
   */
  MemoryLog(List<Entry> records) {
    this.records = records;
  }

  @Override
  public void append(long txg, byte[] payload) throws MetadataException {
    synchronized (records) {
      records.add(new Entry(txg, payload));
    }
  }

  @Override
  public void retire(long committedTxg) {
    synchronized (records) {
      records.removeIf(record -> record.txg() <= committedTxg);
    }
  }

  @Override
  public List<Entry> recover(long committedTxg) {
    synchronized (records) {
      return new ArrayList<>(records);
    }
  }

  @Override
  public List<Entry> peek(long committedTxg) {
    return recover(committedTxg);
  }

  @Override
  public void close() {}
}
