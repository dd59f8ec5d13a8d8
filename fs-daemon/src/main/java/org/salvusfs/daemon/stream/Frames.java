package org.salvusfs.daemon.stream;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.chunker.FastCdc;

/** What writer and reader of frames and records agree on: see docs/formats/stream-v1.md. */
final class Frames {
  static final long MAGIC = 0x895353540d0a1a0aL;
  static final int VERSION = 1;
  static final int CHECK_BYTES = 16;

  /** Magic, version, check value. */
  static final int HEAD_BYTES = Long.BYTES + Integer.BYTES + CHECK_BYTES;

  /** The id of the frame before, and whether this is the last one. */
  static final int CHAIN_BYTES = BlockId.BYTES + 1;

  /** A frame that has this much is closed. */
  static final int PAYLOAD_BYTES = 256 << 10;

  /** The longest record's key, value, or chunk. */
  static final int KEY_BYTES_MAX = 512;

  static final int VALUE_BYTES_MAX = 128 << 10;
  static final int CHUNK_BYTES_MAX = FastCdc.BYTES_MAX;

  /** No sealed frame is longer. */
  static final int SEALED_BYTES_MAX = 2 * PAYLOAD_BYTES + CHUNK_BYTES_MAX;

  /** How many chunks back an extent may refer. */
  static final int WINDOW_CHUNKS = 1 << 16;

  // Kinds of records.
  static final byte HEADER = 1;
  static final byte PUT = 2;
  static final byte REMOVE = 3;
  static final byte CHUNK = 4;
  static final byte EXTENT = 5;
  static final byte END = 6;

  private Frames() {}
}
