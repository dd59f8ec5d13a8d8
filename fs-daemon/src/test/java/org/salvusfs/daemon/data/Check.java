package org.salvusfs.daemon.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** What must hold for the items of every regular file in a committed tree. */
final class Check {
  private Check() {}

  /** Recounts one file; returns its extents' number. */
  static int file(View committed, FakeChunks chunks, long inode) throws IOException {
    byte[] value = committed.get(Keys.inode(inode));
    byte[] inline = committed.get(Keys.inline(inode));
    var extents = committed.scan(Keys.first(inode, Keys.EXTENT), Keys.end(inode, Keys.EXTENT));
    if (value == null) {
      assertTrue(inline == null && !extents.next(), "items of an inode that is gone");
      return 0;
    }
    InodeItem item = InodeItem.decode(value);
    if (inline != null) {
      assertEquals(item.sizeBytes(), inline.length, "inline length");
      assertEquals(item.sizeBytes(), item.allocatedBytes(), "inline allocation");
      assertTrue(inline.length <= StoredPieces.INLINE_BYTES_MAX, "inline limit");
      assertTrue(!extents.next(), "inline and extents");
      return 0;
    }
    long end = 0;
    long allocated = 0;
    int count = 0;
    while (extents.next()) {
      long offset = Keys.suffixLong(extents.key());
      ExtentItem extent = ExtentItem.decode(extents.value());
      assertTrue(offset >= end && extent.lengthBytes() > 0, "extents overlap");
      end = offset + extent.lengthBytes();
      assertTrue(
          extent.chunkOffset() + extent.lengthBytes() <= chunks.get(extent.chunk()).length,
          "an extent beyond its chunk");
      allocated += extent.lengthBytes();
      count++;
    }
    assertTrue(end <= item.sizeBytes(), "an extent beyond the size");
    assertEquals(allocated, item.allocatedBytes(), "allocation of inode " + inode);
    assertTrue(
        count == 0
            || item.allocatedBytes() < item.sizeBytes()
            || item.sizeBytes() > StoredPieces.INLINE_BYTES_MAX,
        "a small whole file has extents");
    return count;
  }
}
