package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;

/**
 * Names and seals in one domain, and opens what any domain of the ring has sealed: a tree, a cache
 * or a walker need not know whose block it is that they read.
 *
 * @param sealer of that domain
 */
record DomainCodec(KeyRing ring, BlockCodec sealer) implements BlockCodec {
  @Override
  public BlockId id(ByteBuffer plaintext) {
    return sealer.id(plaintext);
  }

  @Override
  public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    return sealer.seal(id, plaintext, offset, length);
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException {
    return ring.codecOf(sealed).open(id, sealed);
  }

  @Override
  public int plaintextBytes(BlockId id, byte[] sealed) throws BlockStoreException {
    return ring.codecOf(sealed).plaintextBytes(id, sealed);
  }

  @Override
  public void open(BlockId id, byte[] sealed, byte[] into, int at) throws BlockStoreException {
    ring.codecOf(sealed).open(id, sealed, into, at);
  }

  @Override
  public boolean isIdOf(BlockId id, byte[] sealed) throws BlockStoreException {
    return ring.codecOf(sealed).isIdOf(id, sealed);
  }
}
