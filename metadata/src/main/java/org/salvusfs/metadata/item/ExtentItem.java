package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;

/**
 * A run of a file's bytes that lies in one chunk. Extents of a file never overlap; bytes under no
 * extent are a hole and read as zero.
 *
 * @param lengthBytes how many bytes of the file, at least 1
 * @param chunk where they are
 * @param chunkOffset where in the chunk's plaintext they begin
 * @param birthTxg the txg that wrote the item
 */
public record ExtentItem(int lengthBytes, BlockId chunk, int chunkOffset, long birthTxg) {
  /** Length of an encoded item. */
  public static final int BYTES = 4 + BlockId.BYTES + 4 + 8;

  public byte[] encode() {
    var out = ByteBuffer.allocate(BYTES).putInt(lengthBytes);
    chunk.write(out);
    return out.putInt(chunkOffset).putLong(birthTxg).array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static ExtentItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("EXTENT", value, BYTES);
    var in = ByteBuffer.wrap(value);
    return new ExtentItem(in.getInt(), BlockId.read(in), in.getInt(), in.getLong());
  }
}
