package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Marks;
import org.salvusfs.blockstore.api.Sweep;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.index.ChunkIndex;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.Trailer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes garbage out of packs. First it looks through the footers and plans, then it does what is
 * planned, pack by pack:
 *
 * <ol>
 *   <li>condemn the garbage of the pack; what was asked for meanwhile is spared;
 *   <li>append what is in use to the pack that is being written, like any block;
 *   <li>sync: now the index names the new places, and they are durable;
 *   <li>remove the condemned from the index;
 *   <li>delete the pack, durably; condemn no longer.
 * </ol>
 *
 * <p>A crash before the last step leaves the pack as it was, with copies of some of its blocks in
 * another one: whichever the index names is good, and so is whichever a rebuilt one would name. The
 * index may forget step 3 and 4 in a crash although the pack is gone: then it has forgotten, too,
 * that the pack with the new places is covered, which therefore is read again at the next opening.
 * What it still says of the deleted pack names no pack that is there, and counts as nothing.
 *
 * <p>A pack whose footer or any block in use cannot be read is left alone.
 */
final class PackSweep implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(PackSweep.class);

  private final Disk disk;
  private final ChunkIndex index;
  private final OpenFiles files;
  private final ConcurrentMap<Integer, Pack> packs;
  private final PackAppender appender;
  private final Condemned condemned;
  private final Marks marks;

  private long doneBytes;
  private long totalBytes;
  private long chunks;
  private long freedBytes;
  private int packsDeleted;
  private int packsRewritten;
  private long bytesMoved;
  private long liveBytes;
  private long unusedBytes;
  private int packsUnreadable;

  /** A sealed pack and how much of it is in use. */
  private record Candidate(Pack pack, long live, long unused) {
    double liveShare() {
      return (double) live / (live + unused);
    }
  }

  private PackSweep(
      Disk disk,
      ChunkIndex index,
      OpenFiles files,
      ConcurrentMap<Integer, Pack> packs,
      PackAppender appender,
      Condemned condemned,
      Marks marks) {
    this.disk = disk;
    this.index = index;
    this.files = files;
    this.packs = packs;
    this.appender = appender;
    this.condemned = condemned;
    this.marks = marks;
  }

  static PackSweep begin(
      Disk disk,
      ChunkIndex index,
      OpenFiles files,
      ConcurrentMap<Integer, Pack> packs,
      PackAppender appender,
      Condemned condemned,
      long salt)
      throws BlockStoreException {
    if (condemned.isUnderWay()) {
      throw new IllegalStateException("a sweep is under way");
    }
    long count = appender.activeRecords().size();
    for (Pack pack : packs.values()) {
      Trailer trailer = pack.isSealed() ? trailer(pack) : null;
      count += trailer == null ? 0 : trailer.count();
    }
    // Half as many again for what comes while the sweep is under way.
    var marks = new Marks(count + count / 2, salt);
    condemned.begin(marks);
    return new PackSweep(disk, index, files, packs, appender, condemned, marks);
  }

  @Override
  public Marks marks() {
    return marks;
  }

  @Override
  public long recordBytes(BlockId id) throws BlockStoreException {
    try {
      Location at = present(id);
      return at == null ? 0 : PackFormat.recordBytes(at.length());
    } catch (IOException e) {
      throw Failures.of("looking up block " + id, e);
    }
  }

  @Override
  public Result run(double unusedMax, Pace pace) throws BlockStoreException {
    try {
      sealGarbage(unusedMax);
      for (Candidate planned : plan(unusedMax, pace)) {
        free(planned.pack(), pace);
      }
    } catch (IOException e) {
      throw Failures.of("sweeping the packs", e);
    }
    return new Result(
        chunks,
        freedBytes,
        packsDeleted,
        packsRewritten,
        bytesMoved,
        liveBytes,
        unusedBytes,
        packsUnreadable);
  }

  /** Garbage may lie in the pack that is being written: if it is much, that one is sealed. */
  private void sealGarbage(double unusedMax) throws IOException {
    long live = 0;
    long unused = 0;
    for (var entry : appender.activeRecords().entrySet()) {
      long bytes = PackFormat.recordBytes(entry.getValue().length());
      if (isInUse(entry.getKey(), entry.getValue())) {
        live += bytes;
      } else {
        unused += bytes;
      }
    }
    if (unused > unusedMax * live) {
      appender.seal();
    }
  }

  /** What to do: packs without anything in use, then those with the most garbage. */
  private List<Candidate> plan(double unusedMax, Pace pace) throws IOException {
    List<Pack> sealed = packs.values().stream().filter(Pack::isSealed).toList();
    totalBytes = sealed.stream().mapToLong(Pack::dataEnd).sum();
    var candidates = new ArrayList<Candidate>();
    long live = 0;
    long unused = 0;
    for (Pack pack : sealed) {
      pace.step(0, doneBytes, totalBytes);
      Candidate found = look(pack);
      doneBytes += pack.dataEnd();
      if (found != null) {
        live += found.live();
        unused += found.unused();
        candidates.add(found);
      }
    }
    candidates.removeIf(each -> each.unused() == 0);
    candidates.sort(
        Comparator.comparingDouble(Candidate::liveShare)
            .thenComparingInt(each -> each.pack().number()));
    int planned = 0;
    long left = unused;
    while (planned < candidates.size()
        && (candidates.get(planned).live() == 0 || left > unusedMax * live)) {
      left -= candidates.get(planned).unused();
      totalBytes += candidates.get(planned).live();
      planned++;
    }
    liveBytes = live;
    unusedBytes = unused;
    return candidates.subList(0, planned);
  }

  private @Nullable Candidate look(Pack pack) throws IOException {
    Map<BlockId, Location> records = footer(pack);
    if (records == null) {
      log.warn("{} has no readable footer and is left as it is", pack.name());
      packsUnreadable++;
      return null;
    }
    long live = 0;
    for (var entry : records.entrySet()) {
      if (isInUse(entry.getKey(), entry.getValue())) {
        live += PackFormat.recordBytes(entry.getValue().length());
      }
    }
    return new Candidate(pack, live, pack.dataEnd() - PackFormat.HEADER_BYTES - live);
  }

  /** Whether the block is found there, and somebody refers to it. */
  private boolean isInUse(BlockId id, Location at) throws IOException {
    return marks.mayContain(id) && at.equals(present(id));
  }

  private @Nullable Location present(BlockId id) throws IOException {
    Location pending = appender.pending(id);
    return pending != null ? pending : index.get(id);
  }

  private void free(Pack pack, Pace pace) throws IOException {
    Map<BlockId, Location> records = footer(pack);
    if (records == null) {
      return;
    }
    var garbage = new LinkedHashMap<BlockId, Location>();
    var live = new LinkedHashMap<BlockId, Location>();
    pace.step(0, doneBytes, totalBytes);
    try {
      for (var entry : records.entrySet()) {
        BlockId id = entry.getKey();
        Location at = entry.getValue();
        if (at.equals(present(id))) {
          (condemned.take(id, at, marks) ? garbage : live).put(id, at);
        }
      }
      if (move(pack, live, pace)) {
        delete(pack, garbage, live);
      }
    } finally {
      condemned.forget(garbage.keySet());
    }
  }

  /** Appends blocks to the pack that is being written; false if one of them cannot be read. */
  private boolean move(Pack pack, Map<BlockId, Location> live, Pace pace)
      throws BlockStoreException {
    for (var entry : live.entrySet()) {
      long bytes = PackFormat.recordBytes(entry.getValue().length());
      pace.step(bytes, doneBytes, totalBytes);
      byte[] sealed;
      try {
        sealed = pack.read(entry.getKey(), entry.getValue());
      } catch (BlockStoreException.Corrupt e) {
        log.error("{} holds damage and is left as it is: {}", pack.name(), e.getMessage());
        packsUnreadable++;
        return false;
      }
      if (appender.append(entry.getKey(), sealed, false)) {
        bytesMoved += bytes;
        freedBytes -= bytes;
      }
      doneBytes += bytes;
    }
    appender.sync();
    return true;
  }

  private void delete(Pack pack, Map<BlockId, Location> garbage, Map<BlockId, Location> live)
      throws IOException {
    for (var entry : live.entrySet()) {
      Location now = index.get(entry.getKey());
      if (now == null || now.pack() == pack.number()) {
        throw new IllegalStateException(
            "block %s was moved out of %s, but the index says %s"
                .formatted(entry.getKey(), pack.name(), now));
      }
    }
    long fileBytes;
    try (OpenFiles.Use use = pack.open()) {
      fileBytes = use.file().size();
    }
    appender.forget(garbage);
    pack.markDeleted();
    disk.delete(pack.name());
    packs.remove(pack.number());
    files.drop(pack.name());
    disk.syncDirectory();
    index.uncover(pack.number());
    chunks += garbage.size();
    freedBytes += fileBytes;
    unusedBytes -= pack.dataEnd() - PackFormat.HEADER_BYTES - recordBytes(live);
    if (live.isEmpty()) {
      packsDeleted++;
    } else {
      packsRewritten++;
    }
  }

  private static long recordBytes(Map<BlockId, Location> records) {
    return records.values().stream().mapToLong(at -> PackFormat.recordBytes(at.length())).sum();
  }

  private static @Nullable Map<BlockId, Location> footer(Pack pack) throws IOException {
    Trailer trailer = trailer(pack);
    if (trailer == null) {
      return null;
    }
    try (OpenFiles.Use use = pack.open()) {
      return PackFooter.read(pack.number(), use.file(), trailer);
    }
  }

  private static @Nullable Trailer trailer(Pack pack) throws BlockStoreException {
    try (OpenFiles.Use use = pack.open()) {
      return PackFooter.trailer(pack.number(), use.file());
    } catch (IOException e) {
      throw Failures.of("reading the footer of " + pack.name(), e);
    }
  }

  @Override
  public void close() {
    condemned.end();
  }
}
