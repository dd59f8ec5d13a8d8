package org.salvusfs.blockstore.codec;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyDomain;

/**
 * The codec of format 1: LZ4 or Zstandard, then AES-256-GCM.
 *
 * <p>Workers are pooled, not thread-local: a virtual thread per request would otherwise bring its
 * own ciphers and buffers. As no call blocks, there are never more workers than threads on CPUs.
 */
public final class SealingCodec implements BlockCodec {
  private final byte[] idKey;
  private final byte[] sealKey;
  private final Compressor compressor;
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();

  /**
   * The codec of a key domain.
   *
   * @param compression of what it seals
   */
  public SealingCodec(KeyDomain keys, Compression compression) {
    compressor = new Compressor(compression);
    idKey = keys.idKey();
    sealKey = keys.sealKey();
  }

  @Override
  public BlockId id(ByteBuffer plaintext) {
    Worker worker = take();
    BlockId id = worker.id(plaintext.duplicate());
    idle.push(worker);
    return id;
  }

  @Override
  public byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    Worker worker = take();
    byte[] sealed = worker.seal(id, plaintext, offset, length);
    idle.push(worker);
    return sealed;
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    Worker worker = take();
    byte[] plaintext = worker.open(id, sealed);
    idle.push(worker);
    return plaintext;
  }

  @Override
  public int plaintextBytes(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    return Worker.plaintextBytes(id, sealed);
  }

  @Override
  public void open(BlockId id, byte[] sealed, byte[] into, int at)
      throws BlockStoreException.Corrupt {
    Worker worker = take();
    worker.open(id, sealed, into, at);
    idle.push(worker);
  }

  /** A worker in the middle of a call that threw is not put back: its state is unknown. */
  private Worker take() {
    Worker worker = idle.poll();
    return worker != null ? worker : new Worker(idKey, sealKey, compressor);
  }
}
