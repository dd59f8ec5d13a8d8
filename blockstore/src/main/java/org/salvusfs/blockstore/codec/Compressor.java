package org.salvusfs.blockstore.codec;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;

/** LZ4 (native where there is one) that says when it does not pay. Thread-safe. */
final class Compressor {
  /** A payload must be shorter by at least 1/16, or reading it back is not worth the work. */
  private static final int GAIN_SHIFT = 4;

  private static final int SAMPLE_FROM_BYTES = 4096;
  private static final int WINDOWS = 8;
  private static final int WINDOW_BYTES = 256;

  /**
   * Bound on the sum of squared byte counts of a sample. For n = 2048 random bytes it is n + n(n -
   * 1)/256 = 18424 ± 181; text has ten times that. Eight deviations above still call it noise.
   */
  private static final int NOISE_MAX = 19_900;

  private final LZ4Compressor lz4;
  private final LZ4SafeDecompressor unlz4;

  Compressor() {
    LZ4Factory factory = LZ4Factory.fastestInstance();
    lz4 = factory.fastCompressor();
    unlz4 = factory.safeDecompressor();
  }

  /** How long a buffer {@link #compress} needs. */
  int bytesMax(int length) {
    return lz4.maxCompressedLength(length);
  }

  /** The compressed length in {@code into}, or -1 if the block should be stored as it is. */
  int compress(byte[] from, int offset, int length, byte[] into) {
    if (looksRandom(from, offset, length)) {
      return -1;
    }
    int packed = lz4.compress(from, offset, length, into, 0);
    return packed < length - (length >> GAIN_SHIFT) ? packed : -1;
  }

  byte[] decompress(BlockId id, byte[] from, int packed, int length) throws Corrupt {
    // LZ4 cannot expand more than 255 times; the header is authentic, but a bug is not excluded.
    if (length < 0 || length > 255L * packed) {
      throw new Corrupt("block %s: %d bytes cannot hold %d".formatted(id, packed, length));
    }
    byte[] plaintext = new byte[length];
    try {
      if (unlz4.decompress(from, 0, packed, plaintext, 0, length) == length) {
        return plaintext;
      }
    } catch (LZ4Exception e) {
      throw new Corrupt("block %s: authentic, but not LZ4".formatted(id), e);
    }
    throw new Corrupt("block %s: shorter than its header says".formatted(id));
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
