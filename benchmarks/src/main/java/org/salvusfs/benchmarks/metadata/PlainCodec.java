package org.salvusfs.benchmarks.metadata;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;

/**
 * Real ids, but no compression and no encryption, so that the tree's own cost shows. One thread.
 */
final class PlainCodec implements BlockCodec {
  private final Mac mac;

  PlainCodec() {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public BlockId id(ByteBuffer plaintext) {
    mac.update(plaintext.duplicate());
    return BlockId.of(mac.doFinal());
  }

  @Override
  public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    return Arrays.copyOfRange(plaintext, offset, offset + length);
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) {
    return sealed;
  }
}
