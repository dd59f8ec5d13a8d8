package org.salvusfs.blockstore.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyDomain;
import org.salvusfs.blockstore.chunker.FastCdc;

/**
 * The codec of format 1: LZ4 or Zstandard, then AES-256-GCM.
 *
 * <p>Workers are pooled, not thread-local: a virtual thread per request would otherwise bring its
 * own ciphers and buffers. As no call blocks, there are never more workers than threads on CPUs.
 */
public final class SealingCodec implements BlockCodec {
  /** What blocks of a project's own domain begin with; its id and a sealed block follow. */
  private static final byte OWN_KEY = 4;

  private static final int OWN_HEADER_BYTES = 1 + 2 * Long.BYTES;

  private final @Nullable UUID project;
  private final byte[] idKey;
  private final byte[] sealKey;
  private final Compressor compressor;
  private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();

  /** The id of the longest chunk of zeros, once somebody has asked for it. */
  private volatile @Nullable BlockId zeros;

  /**
   * The codec of a key domain.
   *
   * @param compression of what it seals
   */
  public SealingCodec(KeyDomain keys, Compression compression) {
    project = keys.project().orElse(null);
    compressor = new Compressor(compression);
    idKey = keys.idKey();
    sealKey = keys.sealKey();
  }

  @Override
  public BlockId id(ByteBuffer plaintext) {
    if (!isZeros(plaintext)) {
      return idOf(plaintext);
    }
    BlockId known = zeros;
    if (known == null) {
      known = idOf(plaintext);
      zeros = known;
    }
    return known;
  }

  private static boolean isZeros(ByteBuffer plaintext) {
    return plaintext.remaining() == FastCdc.BYTES_MAX
        && plaintext.hasArray()
        && FastCdc.isZeros(plaintext.array(), plaintext.arrayOffset() + plaintext.position());
  }

  private BlockId idOf(ByteBuffer plaintext) {
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
    return project == null ? sealed : named(project, sealed);
  }

  private static byte[] named(UUID project, byte[] sealed) {
    return ByteBuffer.allocate(OWN_HEADER_BYTES + sealed.length)
        .put(OWN_KEY)
        .putLong(project.getMostSignificantBits())
        .putLong(project.getLeastSignificantBits())
        .put(sealed)
        .array();
  }

  /** See {@link BlockCodec#projectOf}. */
  public static @Nullable UUID projectOf(byte[] sealed) {
    if (sealed.length < OWN_HEADER_BYTES || sealed[0] != OWN_KEY) {
      return null;
    }
    var in = ByteBuffer.wrap(sealed, 1, OWN_HEADER_BYTES - 1);
    return new UUID(in.getLong(), in.getLong());
  }

  @Override
  public byte[] open(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    byte[] own = own(id, sealed);
    Worker worker = take();
    byte[] plaintext = worker.open(id, own);
    idle.push(worker);
    return plaintext;
  }

  @Override
  public int plaintextBytes(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    return Worker.plaintextBytes(id, own(id, sealed));
  }

  @Override
  public void open(BlockId id, byte[] sealed, byte[] into, int at)
      throws BlockStoreException.Corrupt {
    byte[] own = own(id, sealed);
    Worker worker = take();
    worker.open(id, own, into, at);
    idle.push(worker);
  }

  /** The sealed block without the name of a project. */
  private byte[] own(BlockId id, byte[] sealed) throws BlockStoreException.Corrupt {
    if (!Objects.equals(projectOf(sealed), project)) {
      throw new BlockStoreException.Corrupt(
          "block %s is not of this key domain, or damaged".formatted(id));
    }
    return project == null ? sealed : Arrays.copyOfRange(sealed, OWN_HEADER_BYTES, sealed.length);
  }

  /** A worker in the middle of a call that threw is not put back: its state is unknown. */
  private Worker take() {
    Worker worker = idle.poll();
    return worker != null ? worker : new Worker(idKey, sealKey, compressor);
  }
}
