package org.salvusfs.blockstore.pack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockVisitor;
import org.salvusfs.blockstore.api.BlockVisitor.Damage;
import org.salvusfs.blockstore.api.PackPlace;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.index.Location;
import org.salvusfs.blockstore.pack.PackFormat.HeaderState;
import org.salvusfs.blockstore.pack.PackFormat.RecordHeader;
import org.salvusfs.blockstore.pack.PackFormat.Trailer;

/**
 * Reads packs from end to end, in order of their numbers, and compares what the records say, what
 * the footer says, what the codec can open, and the ids of what it opens.
 *
 * <p>In a sealed pack the footer decides: dead bytes that a crash left are not listed and no
 * damage. Without one the pack is scanned. Nothing is held between two records: a sweep may delete
 * the pack, and what is left of it is then left out.
 */
final class PackVerifier {
  /** What the store knows of the records and is told about them. */
  interface Store {
    /** Whether this record is the one that the block is read from. */
    boolean reads(BlockId id, Location at) throws BlockStoreException;

    /** Such a record was read. */
    void proved(BlockId id, boolean isIntact);
  }

  private final List<Pack> packs;
  private final BlockCodec codec;
  private final BlockVisitor visitor;
  private final Store store;
  private long totalBytes;
  private long doneBytes;

  PackVerifier(Collection<Pack> packs, BlockCodec codec, BlockVisitor visitor, Store store) {
    this.packs = packs.stream().sorted(Comparator.comparingInt(Pack::number)).toList();
    this.codec = codec;
    this.visitor = visitor;
    this.store = store;
  }

  void run(PackPlace from) throws BlockStoreException {
    List<Pack> left = packs.stream().filter(pack -> pack.number() >= from.pack()).toList();
    totalBytes = left.stream().mapToLong(pack -> bytes(pack, start(pack, from))).sum();
    for (Pack pack : left) {
      long start = start(pack, from);
      long after = doneBytes + bytes(pack, start);
      verify(pack, start);
      doneBytes = Math.max(doneBytes, after);
      progress(PackPlace.before(pack.number() + 1));
    }
  }

  private static long start(Pack pack, PackPlace from) {
    return pack.number() == from.pack()
        ? Math.max(PackFormat.HEADER_BYTES, from.offset())
        : PackFormat.HEADER_BYTES;
  }

  private static long bytes(Pack pack, long start) {
    return Math.max(0, pack.dataEnd() - start);
  }

  private void progress(PackPlace reached) {
    visitor.progress(reached, doneBytes, Math.max(doneBytes, totalBytes));
  }

  private void verify(Pack pack, long start) throws BlockStoreException {
    Map<BlockId, Location> listed;
    try (OpenFiles.Use use = pack.open()) {
      listed = around(pack, start == PackFormat.HEADER_BYTES, use.file());
      if (listed == null) {
        new PackScanner(pack.number(), use.file(), pack.writtenEnd()).scan(start, new Found(pack));
        return;
      }
    } catch (BlockStoreException e) {
      throw e; // of the index
    } catch (IOException e) {
      if (!pack.isDeleted()) {
        visitor.damaged(new Damage(pack.name(), start, null, unreadable(e)));
      }
      return;
    }
    var records =
        listed.entrySet().stream()
            .filter(entry -> entry.getValue().offset() >= start)
            .sorted(Comparator.comparingLong(entry -> entry.getValue().offset()))
            .toList();
    for (var entry : records) {
      if (pack.isDeleted()) {
        return; // a sweep has moved what was in it
      }
      Location at = entry.getValue();
      prove(pack, entry.getKey(), at);
      passed(pack, at.offset() + PackFormat.recordBytes(at.length()), at.length());
    }
  }

  /** Header and footer; null if there is no footer. */
  private @Nullable Map<BlockId, Location> around(Pack pack, boolean reports, DiskFile file)
      throws IOException {
    boolean hasHeader =
        PackFormat.headerState(Pack.header(file), pack.number()) == HeaderState.GOOD;
    if (!hasHeader && reports && !pack.isDeleted()) {
      visitor.damaged(new Damage(pack.name(), 0, null, "the pack's header is damaged"));
    }
    if (!pack.isSealed()) {
      return null;
    }
    Trailer trailer = PackFooter.trailer(pack.number(), file);
    Map<BlockId, Location> listed =
        trailer == null ? null : PackFooter.read(pack.number(), file, trailer);
    if (listed == null && reports && !pack.isDeleted()) {
      visitor.damaged(
          new Damage(pack.name(), file.size(), null, "the pack's footer or trailer is damaged"));
    }
    return listed;
  }

  private void prove(Pack pack, BlockId id, Location at) throws BlockStoreException {
    String fault;
    byte @Nullable [] sealed = null;
    try {
      var record = ByteBuffer.allocate(PackFormat.RECORD_HEADER_BYTES + at.length());
      pack.load(id, at, record);
      fault = pack.fault(id, at, record);
      if (fault == null) {
        sealed = Pack.payload(record);
      }
    } catch (BlockStoreException e) {
      fault = unreadable(e);
    }
    proved(pack, id, at, sealed == null ? fault : fault(id, sealed));
  }

  private static String unreadable(IOException e) {
    return "it cannot be read (" + e.getMessage() + ")";
  }

  /**
   * What is wrong with a sealed block whose checksum is right; null: nothing. One whose project's
   * key is destroyed is no damage, but garbage that nobody can read.
   */
  private @Nullable String fault(BlockId id, byte[] sealed) throws BlockStoreException {
    try {
      return codec.isIdOf(id, sealed)
          ? null
          : "it is authentic, but its id is that of other contents";
    } catch (BlockStoreException.Shredded e) {
      return null;
    } catch (Corrupt e) {
      return "its checksum is right, but it is not authentic";
    }
  }

  private void proved(Pack pack, BlockId id, Location at, @Nullable String fault)
      throws BlockStoreException {
    boolean isRead = store.reads(id, at) && isThere(pack, at.offset());
    if (isRead) {
      store.proved(id, fault == null);
    }
    if (fault == null) {
      visitor.intact(id, at.length());
    } else if (isRead) {
      visitor.damaged(new Damage(pack.name(), at.offset(), id, fault));
    }
  }

  /** A sweep deletes packs, and a failed sync cuts the one that is written. */
  private static boolean isThere(Pack pack, long offset) {
    return !pack.isDeleted() && offset < pack.dataEnd();
  }

  private void passed(Pack pack, long end, int payloadBytes) {
    doneBytes += PackFormat.recordBytes(payloadBytes);
    progress(new PackPlace(pack.number(), end));
  }

  /** What a scan finds, with each record opened. */
  private final class Found implements PackScanner.Sink {
    private final Pack pack;

    Found(Pack pack) {
      this.pack = pack;
    }

    @Override
    public void intact(long offset, BlockId id, ByteBuffer payload) throws IOException {
      byte[] sealed = new byte[payload.remaining()];
      payload.get(sealed);
      var at = new Location(pack.number(), offset, sealed.length);
      proved(pack, id, at, fault(id, sealed));
      passed(pack, offset + PackFormat.recordBytes(sealed.length), sealed.length);
    }

    @Override
    public void damaged(long offset, long bytes, @Nullable RecordHeader header) throws IOException {
      if (header != null) {
        var at = new Location(pack.number(), offset, header.payloadBytes());
        proved(pack, header.id(), at, "the checksum of its bytes differs");
      } else if (isThere(pack, offset)) {
        visitor.damaged(
            new Damage(pack.name(), offset, null, "%d bytes are no record".formatted(bytes)));
      }
      doneBytes += bytes;
      progress(new PackPlace(pack.number(), offset + bytes));
    }
  }
}
