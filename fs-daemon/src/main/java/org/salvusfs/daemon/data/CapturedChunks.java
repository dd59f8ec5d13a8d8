package org.salvusfs.daemon.data;

import java.util.function.Consumer;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/** The chunks that a capture of file contents in an intent log refers to. */
public final class CapturedChunks {
  private CapturedChunks() {}

  /** See {@link org.salvusfs.metadata.txg.LoggedChunks.Captured}. */
  public static void visit(byte[] payload, Consumer<BlockId> chunks)
      throws MetadataException.Corrupt {
    for (Piece piece : CaptureCodec.decode(payload).pieces()) {
      if (piece instanceof Piece.InChunk stored) {
        chunks.accept(stored.chunk());
      }
    }
  }
}
