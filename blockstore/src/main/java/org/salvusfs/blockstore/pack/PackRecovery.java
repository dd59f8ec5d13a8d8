package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.ChunkIndex;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.HeaderState;
import org.salvusfs.blockstore.pack.PackFormat.RecordHeader;
import org.salvusfs.blockstore.pack.PackFormat.Trailer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens between opening the disk and serving the first block: every pack is sealed, and
 * every intact record is in the index.
 *
 * <p>Nothing that a pack holds is ever cut off but zeros at its end (room that was reserved), not
 * even what looks torn: the footer goes behind it.
 *
 * <p>A covered pack costs one read (its trailer), an uncovered one its footer, an unsealed one a
 * scan. Repeating a recovery that was cut short is harmless.
 */
final class PackRecovery {
  private static final Logger log = LoggerFactory.getLogger(PackRecovery.class);

  private final Disk disk;
  private final ChunkIndex index;
  private final OpenFiles files;

  private record State(HeaderState header, @Nullable Trailer trailer) {}

  /** Every pack, and a number that was never used. */
  record Recovered(Map<Integer, Pack> packs, int nextNumber) {}

  PackRecovery(Disk disk, ChunkIndex index, OpenFiles files) {
    this.disk = disk;
    this.index = index;
    this.files = files;
  }

  Recovered run() throws IOException {
    // Creations of a process that was killed may still be in memory only.
    disk.syncDirectory();
    Map<Integer, State> found = find();
    if (contradictsIndex(found)) {
      log.warn("the chunk index does not belong to these packs and is rebuilt from them");
      index.clear();
    }
    int next = index.highestPack() + 1;
    var packs = new HashMap<Integer, Pack>();
    for (var entry : found.entrySet()) {
      int number = entry.getKey();
      next = Math.max(next, number + 1);
      Pack pack = recover(number, entry.getValue());
      if (pack != null) {
        packs.put(number, pack);
      }
    }
    return new Recovered(packs, next);
  }

  /** All packs by number. */
  private Map<Integer, State> find() throws IOException {
    var found = new TreeMap<Integer, State>();
    for (String name : disk.list()) {
      OptionalInt number = PackFormat.number(name);
      if (number.isPresent()) {
        int pack = number.getAsInt();
        try (DiskFile file = disk.open(name)) {
          HeaderState header = PackFormat.headerState(Pack.header(file), pack);
          if (header == HeaderState.FOREIGN) {
            throw new IOException(
                name + " was written by another version of SalvusFS; open it with that version");
          }
          found.put(pack, new State(header, PackFooter.trailer(pack, file)));
        }
      }
    }
    return found;
  }

  private boolean contradictsIndex(Map<Integer, State> found) throws IOException {
    for (var entry : found.entrySet()) {
      Trailer trailer = entry.getValue().trailer();
      long covered = index.covered(entry.getKey());
      if (trailer != null && covered >= 0 && covered != trailer.dataEnd()) {
        return true;
      }
    }
    return false;
  }

  /** Makes one pack sealed and covered; null if nothing was in it. */
  private @Nullable Pack recover(int number, State state) throws IOException {
    Trailer trailer = state.trailer();
    if (trailer != null && index.covered(number) == trailer.dataEnd()) {
      return sealed(number, trailer.dataEnd());
    }
    try (DiskFile file = disk.open(PackFormat.fileName(number))) {
      Map<BlockId, Location> listed =
          trailer == null ? null : PackFooter.read(number, file, trailer);
      if (trailer != null && listed != null) {
        index.put(listed);
        index.cover(number, trailer.dataEnd());
        return sealed(number, trailer.dataEnd());
      }
      return scan(number, file, state.header());
    }
  }

  private @Nullable Pack scan(int number, DiskFile file, HeaderState header) throws IOException {
    var found = new Found(number, file);
    long end = new PackScanner(number, file, file.size()).scan(found);
    if (header == HeaderState.GOOD || !found.intact.isEmpty()) {
      found.deadBytes -= cutZeros(file, end);
    }
    if (!found.intact.isEmpty()) {
      file.write(PackFormat.header(number), 0);
      file.sync();
    }
    if (found.deadBytes > 0) {
      log.info(
          "{}: {} records are intact, {} bytes are dead",
          file,
          found.intact.size(),
          found.deadBytes);
    }
    for (var entry : found.lost.entrySet()) {
      if (entry.getValue().equals(index.get(entry.getKey()))) {
        index.remove(entry.getKey());
      }
    }
    index.put(found.intact);
    if (found.intact.isEmpty()) {
      boolean empty = file.size() <= PackFormat.HEADER_BYTES;
      if (empty || header == HeaderState.ABSENT) {
        disk.delete(PackFormat.fileName(number));
        return null;
      }
      if (header == HeaderState.DAMAGED) {
        // Perhaps another pack's file under this name. Nothing of it may be changed.
        log.warn("{} is not pack {} or is damaged throughout; it is left as it is", file, number);
        return new Pack(number, end, files);
      }
    }
    try {
      PackFooter.append(number, file, end, found.intact);
    } catch (IOException e) {
      log.warn("{} cannot be sealed and will be scanned again at the next start", file, e);
      return new Pack(number, end, files);
    }
    index.cover(number, end);
    return sealed(number, end);
  }

  /** Gives back the room that was reserved and not written; how much it was. */
  private static long cutZeros(DiskFile file, long end) throws IOException {
    long size = file.size();
    var window = ByteBuffer.allocate(1 << 20);
    for (long at = end; at < size; at += window.limit()) {
      file.read(window.clear(), at);
      if (window.flip().mismatch(ByteBuffer.allocate(window.limit())) >= 0) {
        return 0;
      }
    }
    file.truncate(end);
    return Math.max(0, size - end);
  }

  private Pack sealed(int number, long dataEnd) {
    var pack = new Pack(number, dataEnd, files);
    pack.markSealed();
    return pack;
  }

  /**
   * What a scan finds.
   *
   * <p>Each intact record is written again in its place. That it can be read does not prove that it
   * will be durable after an fdatasync: if the process that wrote it died of a failed one, the
   * kernel holds pages that it takes for clean and will never write.
   */
  private static final class Found implements PackScanner.Sink {
    private final int number;
    private final DiskFile file;
    private final Map<BlockId, Location> intact = new LinkedHashMap<>();
    private final Map<BlockId, Location> lost = new LinkedHashMap<>();
    private long deadBytes;

    Found(int number, DiskFile file) {
      this.number = number;
      this.file = file;
    }

    @Override
    public void intact(long offset, BlockId id, ByteBuffer payload) throws IOException {
      byte[] sealed = new byte[payload.remaining()];
      payload.get(sealed);
      intact.put(id, new Location(number, offset, sealed.length));
      var record = ByteBuffer.allocate(Math.toIntExact(PackFormat.recordBytes(sealed.length)));
      PackFormat.putRecord(record, number, offset, id, sealed, PackFormat.crc(sealed));
      file.write(record.flip(), offset);
    }

    @Override
    public void damaged(long offset, long bytes, @Nullable RecordHeader header) {
      deadBytes += bytes;
      if (header != null) {
        lost.put(header.id(), new Location(number, offset, header.payloadBytes()));
      }
    }
  }
}
