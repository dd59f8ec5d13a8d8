package org.salvusfs.blockstore.codec;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;

/** LZ4 blocks, native where there is one. Thread-safe. */
final class Lz4 implements Method {
  private final LZ4Compressor lz4;
  private final LZ4SafeDecompressor unlz4;

  Lz4() {
    LZ4Factory factory = LZ4Factory.fastestInstance();
    lz4 = factory.fastCompressor();
    unlz4 = factory.safeDecompressor();
  }

  @Override
  public byte format() {
    return Worker.LZ4;
  }

  @Override
  public int bytesMax(int length) {
    return lz4.maxCompressedLength(length);
  }

  @Override
  public int compress(byte[] from, int offset, int length, byte[] into) {
    return lz4.compress(from, offset, length, into, 0);
  }

  @Override
  public byte[] decompress(
      BlockId id, byte[] from, int packed, int length, byte @Nullable [] into, int at)
      throws Corrupt {
    // LZ4 cannot expand more than 255 times; the header is authentic, but a bug is not excluded.
    if (length > 255L * packed) {
      throw new Corrupt("block %s: %d bytes cannot hold %d".formatted(id, packed, length));
    }
    byte[] plaintext = into == null ? new byte[length] : into;
    try {
      if (unlz4.decompress(from, 0, packed, plaintext, at, length) == length) {
        return plaintext;
      }
    } catch (LZ4Exception e) {
      throw new Corrupt("block %s: authentic, but not LZ4".formatted(id), e);
    }
    throw new Corrupt("block %s: shorter than its header says".formatted(id));
  }
}
