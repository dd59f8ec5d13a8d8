package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import org.salvusfs.metadata.api.MetadataException;

/**
 * What a name in a directory stands for.
 *
 * @param inode the child
 * @param type its {@code S_IF*} bits shifted right by 12, the {@code d_type} of readdir
 */
public record DirentItem(long inode, int type) {
  /** Length of an encoded item. */
  public static final int BYTES = 9;

  public byte[] encode() {
    return ByteBuffer.allocate(BYTES).putLong(inode).put((byte) type).array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static DirentItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("DIRENT", value, BYTES);
    var in = ByteBuffer.wrap(value);
    return new DirentItem(in.getLong(), in.get());
  }
}
