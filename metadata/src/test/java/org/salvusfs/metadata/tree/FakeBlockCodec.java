package org.salvusfs.metadata.tree;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;

/**
 * Seals nothing, but knows damage: an id is the SHA-256 of the plaintext, which is stored as is.
 */
public final class FakeBlockCodec implements BlockCodec {
  @Override
  public BlockId id(ByteBuffer plaintext) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(plaintext.duplicate());
      return BlockId.of(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    return Arrays.copyOfRange(plaintext, offset, offset + length);
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    if (!id(ByteBuffer.wrap(sealed)).equals(id)) {
      throw new BlockStoreException.Corrupt("block " + id + " has other contents");
    }
    return sealed.clone();
  }
}
