package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.Trailer;

/**
 * The list of a sealed pack's records behind the last of them, and the trailer that ends the file.
 */
final class PackFooter {
  private PackFooter() {}

  /**
   * Seals a pack, durably, behind what is in the file.
   *
   * @param dataEnd where the last record ends
   * @param records all of them, already synced
   */
  static void append(int pack, DiskFile file, long dataEnd, Map<BlockId, Location> records)
      throws IOException {
    long start = PackFormat.align(file.size());
    file.write(encode(pack, dataEnd, start, records), start);
    file.sync();
    file.complete();
  }

  private static ByteBuffer encode(
      int pack, long dataEnd, long start, Map<BlockId, Location> records) {
    int footerBytes = Math.multiplyExact(records.size(), PackFormat.FOOTER_ENTRY_BYTES);
    var bytes = ByteBuffer.allocate(Math.addExact(footerBytes, PackFormat.TRAILER_BYTES));
    records.forEach(
        (id, at) -> {
          id.write(bytes);
          bytes.putLong(at.offset()).putInt(at.length());
        });
    int crc = PackFormat.crc(bytes, 0, footerBytes);
    var trailer = new Trailer(dataEnd, start, records.size(), crc);
    return bytes.put(PackFormat.trailer(pack, trailer)).flip();
  }

  /** The trailer of a sealed pack; null if it is not sealed, or damaged at its end. */
  static @Nullable Trailer trailer(int pack, DiskFile file) throws IOException {
    long size = file.size();
    if (size < PackFormat.HEADER_BYTES + PackFormat.TRAILER_BYTES) {
      return null;
    }
    var bytes = ByteBuffer.allocate(PackFormat.TRAILER_BYTES);
    file.read(bytes, size - PackFormat.TRAILER_BYTES);
    return PackFormat.trailer(bytes.flip(), pack, size);
  }

  /** The records that a footer lists; null if it is damaged. */
  static @Nullable Map<BlockId, Location> read(int pack, DiskFile file, Trailer trailer)
      throws IOException {
    var bytes =
        ByteBuffer.allocate(Math.multiplyExact(trailer.count(), PackFormat.FOOTER_ENTRY_BYTES));
    file.read(bytes, trailer.footerStart());
    bytes.flip();
    if (bytes.limit() != bytes.capacity()
        || PackFormat.crc(bytes, 0, bytes.limit()) != trailer.footerCrc()) {
      return null;
    }
    var records = new LinkedHashMap<BlockId, Location>();
    while (bytes.hasRemaining()) {
      records.put(BlockId.read(bytes), new Location(pack, bytes.getLong(), bytes.getInt()));
    }
    return records;
  }
}
