package org.salvusfs.metadata.txg;

import java.util.function.Consumer;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;

/** Which chunks an intent log's record refers to. */
public final class LoggedChunks {
  /** Reads what {@link Contents#capture} put into a record. */
  @FunctionalInterface
  public interface Captured {
    /**
     * Hands on every chunk that the payload names.
     *
     * @throws MetadataException.Corrupt if it is no payload
     */
    void visit(byte[] payload, Consumer<BlockId> chunks) throws MetadataException;
  }

  private LoggedChunks() {}

  /**
   * Hands on every chunk that the record names.
   *
   * @throws MetadataException.Corrupt if the bytes are no record of this version
   */
  public static void visit(IntentLog.Entry record, Captured captured, Consumer<BlockId> chunks)
      throws MetadataException {
    for (RecordCodec.Step step : RecordCodec.decode(record.payload())) {
      switch (step) {
        case RecordCodec.Step.Captured(long txg, long inode, byte[] payload) ->
            captured.visit(payload, chunks);
        case RecordCodec.Step.Changed(long txg, var change) -> {
          byte[] value = change.value();
          if (value != null && change.key().kind() == Keys.EXTENT) {
            chunks.accept(ExtentItem.decode(value).chunk());
          }
        }
        case RecordCodec.Step.Reaped reaped -> {}
      }
    }
  }
}
