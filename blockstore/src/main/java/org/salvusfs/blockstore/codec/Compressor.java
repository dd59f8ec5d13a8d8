package org.salvusfs.blockstore.codec;

import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.Compression;

/** Compresses by one method and says when that does not pay; undoes all of them. Thread-safe. */
final class Compressor {
  /** A payload must be shorter by at least 1/64, or reading it back is not worth the work. */
  private static final int GAIN_SHIFT = 6;

  private static final int SAMPLE_FROM_BYTES = 4096;
  private static final int WINDOWS = 8;
  private static final int WINDOW_BYTES = 256;

  /**
   * Bound on the sum of squared byte counts of a sample. For n = 2048 random bytes it is n + n(n -
   * 1)/256 = 18424 ± 181; text has ten times that. Eight deviations above still call it noise.
   */
  private static final int NOISE_MAX = 19_900;

  private final Method lz4 = new Lz4();
  private final Method zstd = new Zstandard();
  private final Method chosen;

  Compressor(Compression compression) {
    chosen =
        switch (compression) {
          case LZ4 -> lz4;
          case ZSTD -> zstd;
        };
  }

  /** What blocks begin with that {@link #compress} has made shorter. */
  byte format() {
    return chosen.format();
  }

  /** How long a buffer {@link #compress} needs. */
  int bytesMax(int length) {
    return chosen.bytesMax(length);
  }

  /** The compressed length in {@code into}, or -1 if the block should be stored as it is. */
  int compress(byte[] from, int offset, int length, byte[] into) {
    if (looksRandom(from, offset, length)) {
      return -1;
    }
    int packed = chosen.compress(from, offset, length, into);
    return packed < length - (length >> GAIN_SHIFT) ? packed : -1;
  }

  /** The plaintext of a block, whichever method it was made with: see {@link Method}. */
  byte[] decompress(
      byte format, BlockId id, byte[] from, int packed, int length, byte @Nullable [] into, int at)
      throws Corrupt {
    Method method = format == Worker.ZSTD ? zstd : lz4;
    return method.decompress(id, from, packed, length, into, at);
  }

  /**
   * Whether a sample's bytes are spread evenly, as in encrypted or compressed data. Repeated noise
   * is mistaken for noise; that costs only space.
   */
  static boolean looksRandom(byte[] bytes, int offset, int length) {
    if (length < SAMPLE_FROM_BYTES) {
      return false;
    }
    int[] counts = new int[256];
    int stride = (length - WINDOW_BYTES) / (WINDOWS - 1);
    for (int window = 0; window < WINDOWS; window++) {
      int start = offset + window * stride;
      for (int i = start; i < start + WINDOW_BYTES; i++) {
        counts[bytes[i] & 0xff]++;
      }
    }
    int squares = 0;
    for (int count : counts) {
      squares += count * count;
    }
    return squares <= NOISE_MAX;
  }
}
