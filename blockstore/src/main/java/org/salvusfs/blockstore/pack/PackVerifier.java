package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.BlockVisitor.Damage;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.HeaderState;
import org.salvusfs.blockstore.pack.PackFormat.RecordHeader;
import org.salvusfs.blockstore.pack.PackFormat.Trailer;

/**
 * Reads packs from end to end and compares three accounts: what the records say, what the footer
 * says, and what the codec can open.
 *
 * <p>In a sealed pack the footer decides: dead bytes that a crash left are not listed and no
 * damage.
 */
final class PackVerifier {
  private final List<Pack> packs;
  private final BlockCodec codec;
  private final BlockVisitor visitor;
  private final long totalBytes;
  private long doneBytes;

  PackVerifier(List<Pack> packs, BlockCodec codec, BlockVisitor visitor) {
    this.packs = packs.stream().sorted(Comparator.comparingInt(Pack::number)).toList();
    this.codec = codec;
    this.visitor = visitor;
    this.totalBytes = packs.stream().mapToLong(Pack::dataEnd).sum();
  }

  void run() throws BlockStoreException {
    for (Pack pack : packs) {
      long before = doneBytes;
      long end = pack.dataEnd();
      try (OpenFiles.Use use = pack.open()) {
        verify(pack, end, use.file());
      } catch (IOException e) {
        if (pack.isDeleted()) {
          continue; // a sweep has moved what was in it
        }
        throw Failures.of("verifying " + pack.name(), e);
      }
      doneBytes = before + end;
      visitor.progress(doneBytes, Math.max(doneBytes, totalBytes));
    }
  }

  private void verify(Pack pack, long end, DiskFile file) throws IOException {
    if (PackFormat.headerState(Pack.header(file), pack.number()) != HeaderState.GOOD) {
      visitor.damaged(new Damage(pack.name(), 0, null, "the pack's header is damaged"));
    }
    Map<BlockId, Location> listed = pack.isSealed() ? footer(pack, file) : null;
    var found = new Found(pack);
    new PackScanner(pack.number(), file, end).scan(found);
    if (listed == null) {
      found.damage.forEach(visitor::damaged);
      return;
    }
    for (var entry : listed.entrySet()) {
      Location at = entry.getValue();
      if (!at.equals(found.intact.get(entry.getKey()))) {
        String reason = found.reasons.getOrDefault(at.offset(), "the record is damaged");
        visitor.damaged(new Damage(pack.name(), at.offset(), entry.getKey(), reason));
      }
    }
  }

  private @Nullable Map<BlockId, Location> footer(Pack pack, DiskFile file) throws IOException {
    Trailer trailer = PackFooter.trailer(pack.number(), file);
    Map<BlockId, Location> listed =
        trailer == null ? null : PackFooter.read(pack.number(), file, trailer);
    if (listed == null) {
      visitor.damaged(
          new Damage(pack.name(), file.size(), null, "the pack's footer or trailer is damaged"));
    }
    return listed;
  }

  /** What a scan finds, with each record opened. */
  private final class Found implements PackScanner.Sink {
    private final Pack pack;
    private final Map<BlockId, Location> intact = new LinkedHashMap<>();
    private final List<Damage> damage = new ArrayList<>();
    private final Map<Long, String> reasons = new LinkedHashMap<>();

    Found(Pack pack) {
      this.pack = pack;
    }

    @Override
    public void intact(long offset, BlockId id, ByteBuffer payload) {
      byte[] sealed = new byte[payload.remaining()];
      payload.get(sealed);
      try {
        codec.open(id, sealed);
        intact.put(id, new Location(pack.number(), offset, sealed.length));
        visitor.intact(id, sealed.length);
      } catch (Corrupt e) {
        note(offset, id, "its checksum is right, but it is not authentic");
      }
      doneBytes += PackFormat.recordBytes(sealed.length);
      visitor.progress(doneBytes, Math.max(doneBytes, totalBytes));
    }

    @Override
    public void damaged(long offset, long bytes, @Nullable RecordHeader header) {
      if (header == null) {
        note(offset, null, "%d bytes are no record".formatted(bytes));
      } else {
        note(offset, header.id(), "the checksum of its bytes differs");
      }
      doneBytes += bytes;
    }

    private void note(long offset, @Nullable BlockId id, String reason) {
      damage.add(new Damage(pack.name(), offset, id, reason));
      reasons.put(offset, reason);
    }
  }
}
