package org.salvusfs.daemon.vfs;

import java.io.IOException;
import org.salvusfs.daemon.data.FileContents;

/**
 * Data and holes as ext4 shows them: in blocks, and a block with any data is data throughout. The
 * contents know holes to the byte, but programs find out a filesystem's block size by seeking and
 * then take for granted that there is one.
 */
public final class Holes {
  private static final int BLOCK_BYTES = 4096;

  private final FileContents contents;

  public Holes(FileContents contents) {
    this.contents = contents;
  }

  /** The first data at or after {@code offset}, or -1. */
  public long data(long inode, long sizeBytes, long offset) throws IOException {
    long data = contents.seekData(inode, sizeBytes, blockOf(offset));
    return data < 0 ? -1 : Math.max(offset, blockOf(data));
  }

  /** The first hole at or after {@code offset}, which is inside the file; its end counts as one. */
  public long hole(long inode, long sizeBytes, long offset) throws IOException {
    long block = blockOf(offset);
    while (block < sizeBytes) {
      long data = contents.seekData(inode, sizeBytes, block);
      if (data < 0 || blockOf(data) != block) {
        return Math.max(offset, block);
      }
      long last = blockOf(contents.seekHole(inode, sizeBytes, data) - 1);
      if (last > sizeBytes - BLOCK_BYTES) {
        break;
      }
      block = last + BLOCK_BYTES;
    }
    return sizeBytes;
  }

  private static long blockOf(long offset) {
    return offset & -BLOCK_BYTES;
  }
}
