package org.salvusfs.metadata.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/**
 * The framing that both logs share: a part's plaintext, named and sealed like any block. Who
 * appended it, when and where is inside the plaintext, so that no two parts are equal and a sealed
 * part is worth nothing in another place. Thread-safe.
 *
 * @see "docs/formats/intent-log-v1.md"
 */
final class RecordSeal {
  private static final byte VERSION = 1;
  private static final int HEADER_BYTES = 1 + 16 + 3 * Long.BYTES + 2 * Integer.BYTES;

  private final BlockCodec codec;
  private final ProjectId project;
  private final long epoch;

  RecordSeal(BlockCodec codec, Fence fence) {
    this.codec = codec;
    this.project = fence.project();
    this.epoch = fence.epoch();
  }

  /**
   * A part of a record of the present opening.
   *
   * @throws IllegalArgumentException if the group is not one of this opening's, see {@link Txgs}
   */
  LogPart part(long seq, long txg, int index, int count, byte[] payload) {
    if (Txgs.epoch(txg) != epoch) {
      throw new IllegalArgumentException(
          "txg "
              + txg
              + " was not made in epoch "
              + epoch
              + ": number groups from Txgs.base(epoch)");
    }
    return new LogPart(project, epoch, seq, txg, index, count, payload);
  }

  /** The block id of the part's plaintext, followed by its sealed form. */
  byte[] seal(LogPart part) {
    ByteBuffer plain = ByteBuffer.allocate(HEADER_BYTES + part.payload().length);
    plain.put(VERSION);
    plain.putLong(part.project().uuid().getMostSignificantBits());
    plain.putLong(part.project().uuid().getLeastSignificantBits());
    plain.putLong(part.epoch()).putLong(part.seq()).putLong(part.txg());
    plain.putInt(part.index()).putInt(part.count());
    plain.put(part.payload()).flip();

    BlockId id = codec.id(plain);
    byte[] sealed = codec.seal(id, plain.array(), 0, plain.limit());
    ByteBuffer result = ByteBuffer.allocate(BlockId.BYTES + sealed.length);
    id.write(result);
    return result.put(sealed).array();
  }

  /**
   * The part that {@link #seal} was given.
   *
   * @throws MetadataException.Corrupt if the bytes are not authentic, or belong to another project
   * @throws MetadataException.Missing if the project's key is destroyed
   * @throws MetadataException.Unavailable if that key cannot be fetched now
   */
  LogPart open(byte[] bytes) throws MetadataException {
    if (bytes.length < BlockId.BYTES) {
      throw new MetadataException.Corrupt("a sealed log record of " + bytes.length + " bytes");
    }
    BlockId id = BlockId.read(ByteBuffer.wrap(bytes));
    byte[] plain = unseal(id, Arrays.copyOfRange(bytes, BlockId.BYTES, bytes.length));
    if (plain.length < HEADER_BYTES || plain[0] != VERSION) {
      throw new MetadataException.Corrupt("log record " + id + " is of an unknown version");
    }
    ByteBuffer in = ByteBuffer.wrap(plain, 1, plain.length - 1);
    var part =
        new LogPart(
            new ProjectId(new UUID(in.getLong(), in.getLong())),
            in.getLong(),
            in.getLong(),
            in.getLong(),
            in.getInt(),
            in.getInt(),
            Arrays.copyOfRange(plain, HEADER_BYTES, plain.length));
    if (!part.project().equals(project)) {
      throw new MetadataException.Corrupt(
          "log record " + id + " belongs to project " + part.project() + ", not to " + project);
    }
    return part;
  }

  private byte[] unseal(BlockId id, byte[] sealed) throws MetadataException {
    try {
      return codec.open(id, sealed);
    } catch (BlockStoreException e) {
      throw MetadataException.unopened("log record " + id, e);
    }
  }
}
