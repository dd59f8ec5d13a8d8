package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.codec.SealingCodec;

/**
 * Turns plaintext blocks into what may leave the machine, and back: compressed, then encrypted and
 * authenticated under a key derived from the key domain and the block's id. One code path for
 * chunks, tree nodes and intent log records. Thread-safe; never modifies its inputs.
 *
 * @see "docs/formats/block-v1.md"
 */
public interface BlockCodec {
  /** The codec of a key domain; it compresses with LZ4. */
  static BlockCodec of(KeyDomain keys) {
    return of(keys, Compression.LZ4);
  }

  /**
   * The codec of a key domain.
   *
   * @param compression of what it seals; it opens every block of the domain
   */
  static BlockCodec of(KeyDomain keys, Compression compression) {
    return new SealingCodec(keys, compression);
  }

  /** The id of a plaintext: HMAC-SHA-256 of the buffer's remaining bytes (position unchanged). */
  BlockId id(ByteBuffer plaintext);

  /** A new array with the sealed form of {@code plaintext[offset, offset + length)}. */
  byte[] seal(BlockId id, byte[] plaintext, int offset, int length);

  /**
   * A new array with the plaintext, of which every byte is authentic for {@code id}.
   *
   * @throws BlockStoreException.Corrupt if the bytes are not what {@link #seal} made for this id in
   *     this key domain
   * @throws BlockStoreException.Shredded if the key that they are sealed under is destroyed
   * @throws BlockStoreException.Failed if that key has to be fetched, and cannot be now
   */
  byte[] open(BlockId id, byte[] sealed) throws BlockStoreException;

  /**
   * How long the plaintext is, as the block says without a proof: for {@link #open(BlockId, byte[],
   * byte[], int)}, which proves it.
   *
   * @throws BlockStoreException.Corrupt if the bytes cannot be a sealed block
   */
  default int plaintextBytes(BlockId id, byte[] sealed) throws BlockStoreException {
    return open(id, sealed).length;
  }

  /**
   * Puts the plaintext into {@code into}, from {@code at} on. If it throws, those bytes may be
   * anything.
   *
   * @throws BlockStoreException as {@link #open(BlockId, byte[])} does
   */
  default void open(BlockId id, byte[] sealed, byte[] into, int at) throws BlockStoreException {
    byte[] plaintext = open(id, sealed);
    System.arraycopy(plaintext, 0, into, at, plaintext.length);
  }

  /**
   * Whether a sealed block is authentic for an id, and the id that of its plaintext.
   *
   * @throws BlockStoreException as {@link #open(BlockId, byte[])} does
   */
  default boolean isIdOf(BlockId id, byte[] sealed) throws BlockStoreException {
    return id(ByteBuffer.wrap(open(id, sealed))).equals(id);
  }

  /**
   * The project under whose own key a block says it is sealed; null: under the cluster's. Says
   * nothing of whether that is true.
   */
  static @Nullable UUID projectOf(byte[] sealed) {
    return SealingCodec.projectOf(sealed);
  }
}
