package org.salvusfs.blockstore.codec;

import org.jspecify.annotations.Nullable;
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
   * Decompresses to {@code length} bytes.
   *
   * @param from holds an authentic payload in its first {@code packed} bytes
   * @param into where they go, from {@code at} on; null: to the start of a new array
   * @return the array that holds them
   */
  byte[] decompress(BlockId id, byte[] from, int packed, int length, byte @Nullable [] into, int at)
      throws Corrupt;
}
