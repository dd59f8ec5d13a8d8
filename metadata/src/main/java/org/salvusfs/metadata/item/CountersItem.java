package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import org.salvusfs.metadata.api.MetadataException;

/**
 * A project's counters, exact at every commit.
 *
 * @param nextInode above every inode number ever given out
 * @param bytes sum of {@link InodeItem#allocatedBytes()} over all inodes, orphans included
 * @param inodes number of INODE items, orphans and the root included
 */
public record CountersItem(long nextInode, long bytes, long inodes) {
  /** Length of an encoded item. */
  public static final int BYTES = 24;

  public byte[] encode() {
    return ByteBuffer.allocate(BYTES).putLong(nextInode).putLong(bytes).putLong(inodes).array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static CountersItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("COUNTERS", value, BYTES);
    var in = ByteBuffer.wrap(value);
    return new CountersItem(in.getLong(), in.getLong(), in.getLong());
  }
}
