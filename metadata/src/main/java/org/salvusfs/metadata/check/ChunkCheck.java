package org.salvusfs.metadata.check;

import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.metadata.item.ExtentItem;

/** Whether the chunks of extents are there, authentic and long enough; each is asked for once. */
final class ChunkCheck {
  /** Length of a chunk that is there but was not read. */
  private static final int UNKNOWN = Integer.MAX_VALUE;

  private final ChunkStore store;
  private final BlockCodec codec;
  private final CheckOptions options;
  private final Findings findings;

  /** First word of a sound chunk's id → its length + 1. */
  private final LongMap sound = new LongMap();

  private long checked;

  ChunkCheck(ChunkStore store, BlockCodec codec, CheckOptions options, Findings findings) {
    this.store = store;
    this.codec = codec;
    this.options = options;
    this.findings = findings;
  }

  /** How many chunks were asked for. */
  long checked() {
    return checked;
  }

  void check(long inode, long offset, ExtentItem extent) {
    BlockId id = extent.chunk();
    long known = sound.get(id.w0());
    int lengthBytes;
    if (known != 0) {
      lengthBytes = (int) (known - 1);
    } else {
      checked++;
      try {
        lengthBytes = ask(id);
      } catch (BlockStoreException e) {
        findings.add(new Finding.DamagedChunk(inode, offset, id, String.valueOf(e.getMessage())));
        return;
      }
      if (sound.size() >= options.chunksRemembered()) {
        sound.clear();
      }
      sound.put(id.w0(), lengthBytes + 1L);
    }
    long needed = (long) extent.chunkOffset() + extent.lengthBytes();
    if (needed > lengthBytes) {
      findings.add(new Finding.ShortChunk(inode, offset, id, lengthBytes, needed));
    }
  }

  private int ask(BlockId id) throws BlockStoreException {
    if (options.deep()) {
      return codec.open(id, store.get(id)).length;
    }
    if (!store.contains(id)) {
      throw new BlockStoreException.Missing("chunk " + id + " is not in the store");
    }
    return UNKNOWN;
  }
}
