package org.salvusfs.metadata.log;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;

/** A codec whose ids authenticate like the real ones, and whose sealed form is easy to look at. */
final class XorCodec implements BlockCodec {
  private static final byte[] KEY = new byte[32];
  private static final byte MASK = 0x5a;

  @Override
  public BlockId id(ByteBuffer plaintext) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
      mac.update(plaintext.duplicate());
      return BlockId.of(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    byte[] sealed = new byte[length];
    for (int i = 0; i < length; i++) {
      sealed[i] = (byte) (plaintext[offset + i] ^ MASK);
    }
    return sealed;
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    byte[] plaintext = seal(id, sealed, 0, sealed.length);
    if (!id(ByteBuffer.wrap(plaintext)).equals(id)) {
      throw new BlockStoreException.Corrupt("not what was sealed as " + id);
    }
    return plaintext;
  }
}
