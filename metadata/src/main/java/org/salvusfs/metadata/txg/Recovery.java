package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Brings logged operations back on top of the last commit. Steps of committed groups are passed
 * over; the rest is applied in order. A regular file's size and allocation come from captures of
 * its contents only, never from a namespace step: a size is never ahead of the bytes it covers.
 */
final class Recovery {
  /**
   * What an intent log held.
   *
   * @param highestTxg of all its records, those of committed groups included; 0 if it was empty
   */
  record Recovered(List<RecordCodec.Step> steps, long highestTxg) {}

  private final Supplier<Tx> transactions;
  private final Usage usage;
  private final Contents contents;

  Recovery(Supplier<Tx> transactions, Usage usage, Contents contents) {
    this.transactions = transactions;
    this.usage = usage;
    this.contents = contents;
  }

  /** Reads the steps above {@code committedTxg}. */
  static Recovered read(IntentLog log, long committedTxg) throws MetadataException {
    var steps = new ArrayList<RecordCodec.Step>();
    long highest = 0;
    for (IntentLog.Entry entry : log.recover(committedTxg)) {
      highest = Math.max(highest, entry.txg());
      for (RecordCodec.Step step : RecordCodec.decode(entry.payload())) {
        if (step.txg() > committedTxg) {
          steps.add(step);
        }
      }
    }
    return new Recovered(steps, highest);
  }

  void replay(List<RecordCodec.Step> steps) throws IOException {
    for (RecordCodec.Step step : steps) {
      try (Tx tx = transactions.get()) {
        switch (step) {
          case RecordCodec.Step.Changed(long txg, Change change) -> change(tx, change);
          case RecordCodec.Step.Reaped(long txg, long inode) -> reap(tx, inode);
          case RecordCodec.Step.Captured(long txg, long inode, byte[] payload) ->
              contents.replay(tx, inode, payload);
        }
        tx.apply();
      }
    }
  }

  private void change(Tx tx, Change change) throws MetadataException {
    Key key = change.key();
    byte[] value = change.value();
    if (value == null) {
      tx.delete(key);
      return;
    }
    if (key.kind() == Keys.INODE && key.inode() != 0) {
      usage.seen(key.inode());
      value = mergeInode(tx, key, value);
    }
    tx.put(key, value);
  }

  private static byte[] mergeInode(Tx tx, Key key, byte[] value) throws MetadataException {
    InodeItem logged = InodeItem.decode(value);
    InodeItem present = inode(tx, key);
    if (present == null) {
      tx.addUsage(0, 1);
    }
    if (!logged.isRegular()) {
      return value;
    }
    return (present == null
            ? logged.withSize(0, 0)
            : logged.withSize(present.sizeBytes(), present.allocatedBytes()))
        .encode();
  }

  private static void reap(Tx tx, long inode) throws MetadataException {
    InodeItem present = inode(tx, Keys.inode(inode));
    if (present != null) {
      tx.addUsage(-present.allocatedBytes(), -1);
      tx.reap(inode);
    }
  }

  private static @Nullable InodeItem inode(Tx tx, Key key) throws MetadataException {
    byte[] value = tx.view().get(key);
    return value == null ? null : InodeItem.decode(value);
  }
}
