package org.salvusfs.blockstore.codec;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;

/** One way to make a payload shorter. Thread-safe; the output depends on the input alone. */
interface Method {
  /** What blocks with such payloads begin with. */
  byte format();

  /** How long a buffer {@link #compress} needs. */
  int bytesMax(int length);

  /** The compressed length in {@code into}. */
  int compress(byte[] from, int offset, int length, byte[] into);

  /**
   * A new array of {@code length} bytes.
   *
   * @param from holds an authentic payload in its first {@code packed} bytes
   */
  byte[] decompress(BlockId id, byte[] from, int packed, int length) throws Corrupt;
}
