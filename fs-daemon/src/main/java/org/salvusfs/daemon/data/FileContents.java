package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Contents;
import org.salvusfs.metadata.txg.Tx;

/**
 * The contents of one project's regular files: what is stored in the tree, and above it what was
 * changed since. The package's page holds the idea.
 *
 * <p>Offsets and lengths are in bytes and not negative; a range must end at or below 2^63 - 1. Who
 * reads holds the inode's read lock, who changes its write lock; {@code item} is the inode as it is
 * under that lock, and the caller puts the new one itself, in the same {@link Tx}. Every exception
 * comes before the first change: an operation that fails did nothing. Operations that extend a file
 * at its end, or change one without holes, read nothing.
 */
public final class FileContents implements Contents {
  /**
   * Tunables.
   *
   * @param parallelism how many workers a commit or a capture may use at once
   * @param readAheadBytes how far sequential reads are prefetched at most; 0 turns it off
   * @param extentBytesMax the longest extent there is; not below {@link Chunks#chunkBytesMax()},
   *     nor below that of any time in the project's life
   */
  public record Options(int parallelism, int readAheadBytes, int extentBytesMax) {
    public Options {
      if (parallelism < 1 || readAheadBytes < 0 || extentBytesMax < 1) {
        throw new IllegalArgumentException(
            "parallelism, read-ahead and extent length of %d, %d, %d"
                .formatted(parallelism, readAheadBytes, extentBytesMax));
      }
    }

    /** For chunks of at most 256 KiB. */
    public static Options defaults(int parallelism) {
      return new Options(parallelism, 4 << 20, 256 << 10);
    }
  }

  /** How many tasks that fetch chunks ahead of readers may wait for a worker. */
  private static final int PREFETCHES_MAX = 32;

  private final Chunks chunks;
  private final View live;
  private final DirtyFiles files = new DirtyFiles();
  private final Reader reader;
  private final ReadAhead readAhead;
  private final Editor editor;
  private final WriteOut writeOut;
  private final Capturer capturer;
  private final StoreAhead storeAhead;

  /**
   * @param live items as they are at the time of each call, uncommitted ones included
   * @param workers runs what may go in parallel; may reject tasks while it shuts down
   */
  public FileContents(Chunks chunks, View live, Executor workers, Options options) {
    if (chunks.chunkBytesMax() > options.extentBytesMax) {
      throw new IllegalArgumentException(
          "chunks of up to %d bytes, but extents of at most %d"
              .formatted(chunks.chunkBytesMax(), options.extentBytesMax));
    }
    this.chunks = chunks;
    this.live = live;
    this.reader = new Reader(chunks, files, options.extentBytesMax);
    this.readAhead =
        new ReadAhead(
            chunks, live, workers, PREFETCHES_MAX, options.readAheadBytes, options.extentBytesMax);
    this.editor = new Editor(files, reader);
    this.writeOut = new WriteOut(chunks, workers, options.parallelism, options.extentBytesMax);
    this.capturer = new Capturer(chunks, files, workers, options.parallelism);
    this.storeAhead = new StoreAhead(chunks, files, workers, options.parallelism);
  }

  /**
   * Fills the buffer with contents from {@code offset} on, zeros in holes, up to the file's end.
   *
   * @return the number of bytes, 0 at or behind the end
   * @throws IOException if a chunk or node is damaged or cannot be reached; the buffer's contents
   *     and position are then undefined
   */
  public int read(long inode, long sizeBytes, long offset, ByteBuffer into) throws IOException {
    int count = Math.clamp(sizeBytes - offset, 0, into.remaining());
    if (count == 0) {
      return 0;
    }
    readAhead.reading(inode, sizeBytes, offset, offset + count);
    reader.read(live, inode, sizeBytes, offset, count, into);
    return count;
  }

  /**
   * Sets bytes to a copy of the remaining ones of {@code from}. They are held in memory until the
   * group is committed, or until a capture or {@link StoreAhead} stores them.
   *
   * @return by how many bytes the allocation grows
   */
  public long write(Tx tx, long inode, InodeItem item, long offset, ByteBuffer from)
      throws IOException {
    long grows = editor.write(tx.txg(), live, inode, item, offset, from);
    storeAhead.wrote(tx.txg(), inode);
    return grows;
  }

  /**
   * By how many bytes the allocation would grow if a range were written: exactly what {@link
   * #write} will say under the same lock. Reads extents only if the file has holes.
   */
  public long growth(long inode, InodeItem item, long offset, long length) throws IOException {
    return editor.growth(live, inode, item, offset, length);
  }

  /**
   * Cuts the file, or extends it by a hole.
   *
   * @return the change of the allocation, at most 0
   */
  public long truncate(Tx tx, long inode, InodeItem item, long newSizeBytes) throws IOException {
    return editor.truncate(tx.txg(), live, inode, item, newSizeBytes);
  }

  /**
   * Has a range count as allocated, so that writing there later needs no room: its holes become
   * zeros, all of them one stored chunk. Callers limit the length, for every {@link
   * Chunks#chunkBytesMax()} of it takes a reference.
   *
   * @param zeroed whether everything in the range becomes zeros, not the holes alone
   * @return by how many bytes the allocation grows, as {@link #growth} says under the same lock
   */
  public long reserve(Tx tx, long inode, InodeItem item, long offset, long length, boolean zeroed)
      throws IOException {
    int chunkBytes = chunks.chunkBytesMax();
    BlockId chunk = chunks.put(new byte[chunkBytes], 0, chunkBytes);
    var zeros = new Piece.InChunk(0, chunkBytes, chunk, 0);
    long end = Math.addExact(offset, length);
    return editor.reserve(tx.txg(), live, inode, item, offset, end, zeroed, zeros);
  }

  /**
   * Makes a hole; what lies behind the file's end is left out.
   *
   * @return the change of the allocation, at most 0
   */
  public long punch(Tx tx, long inode, InodeItem item, long offset, long length)
      throws IOException {
    return editor.punch(tx.txg(), live, inode, item, offset, Math.addExact(offset, length));
  }

  /** Under whose own key the contents are sealed; empty: the cluster's. */
  Optional<UUID> ownKey() {
    return chunks.ownKey();
  }

  Piece.Memory read(Piece.InChunk stored) throws BlockStoreException {
    byte[] plaintext = chunks.get(stored.chunk());
    return new Piece.Memory(stored.offset(), stored.length(), plaintext, stored.chunkOffset());
  }

  /** A range of a file, as far as the file goes, for {@link #share}. */
  public CopySource source(long inode, long sizeBytes, long offset, long length)
      throws IOException {
    long count = Math.clamp(sizeBytes - offset, 0, length);
    var pieces = new ArrayList<Piece>();
    reader.pieces(live, inode, sizeBytes, offset, offset + count, pieces::add);
    return new CopySource(this, inode, offset, count, pieces);
  }

  /**
   * By how many bytes the target's allocation would change: exactly what {@link #share} will say.
   */
  public long shareGrowth(CopySource source, long to, InodeItem toItem, long toOffset)
      throws IOException {
    return editor.shareGrowth(live, source, to, toItem, toOffset);
  }

  /**
   * Copies a range of a file to a place in the same or another one; holes become holes. What is
   * stored in chunks is shared, unless the source is of another key domain. Everything else is
   * copied in memory, so callers limit the length.
   *
   * @param source of these contents, or of another state of the project
   * @return the change of the target's allocation
   * @throws IllegalArgumentException if source and target overlap
   * @throws org.salvusfs.blockstore.api.BlockStoreException.Missing if the source is of a tree that
   *     was deleted meanwhile, and its chunks are being swept
   */
  public long share(Tx tx, CopySource source, long to, InodeItem toItem, long toOffset)
      throws IOException {
    if (source.overlaps(this, to, toOffset)) {
      throw new IllegalArgumentException(source + " overlap the target at " + toOffset);
    }
    if (!source.ownKey().equals(ownKey())) {
      // A chunk goes with its key, and nobody else may depend on it.
      return editor.share(tx.txg(), live, source.inMemory(), to, toItem, toOffset);
    }
    if (!source.isOf(this)) {
      // The other tree may be deleted before this one is committed.
      for (Piece piece : source.pieces()) {
        if (piece instanceof Piece.InChunk stored) {
          chunks.keep(stored.chunk());
        }
      }
    }
    return editor.share(tx.txg(), live, source, to, toItem, toOffset);
  }

  /**
   * Says that a data operation changed the inode's times alone, which its next capture then
   * carries.
   */
  public void touched(Tx tx, long inode, InodeItem item) {
    files.change(tx.txg(), inode, item.sizeBytes(), layer -> layer.marks().touch());
  }

  /** The first byte at or after {@code offset} that is no hole, or -1 if there is none. */
  public long seekData(long inode, long sizeBytes, long offset) throws IOException {
    return reader.seekData(live, inode, sizeBytes, offset);
  }

  /**
   * The first hole at or after {@code offset}; the file's end counts as one. -1 if {@code offset}
   * is at or behind the end.
   */
  public long seekHole(long inode, long sizeBytes, long offset) throws IOException {
    return reader.seekHole(live, inode, sizeBytes, offset);
  }

  /**
   * The inode is gone: drops its layers of {@code fromTxg} and later. A layer of an older group,
   * which is being committed, stays until its commit.
   */
  public void drop(long inode, long fromTxg) {
    files.forget(inode, fromTxg);
  }

  @Override
  public List<Change> writeOut(long txg, View committed, View frozen) throws IOException {
    return writeOut.run(files.freeze(txg), committed, frozen);
  }

  @Override
  public void committed(long txg) {
    files.committed(txg);
    storeAhead.committed(txg);
  }

  @Override
  public List<Capture> capture(long inode, View view) throws IOException {
    return capturer.capture(inode, view);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The allocation is counted anew, so that it is exact whatever the capture is applied to. The
   * view of {@code tx} must show what was replayed before.
   */
  @Override
  public void replay(Tx tx, long inode, byte[] payload) throws IOException {
    View view = tx.view();
    InodeItem before = WriteOut.regular(view, inode);
    if (before == null) {
      return;
    }
    CaptureCodec.Payload logged = CaptureCodec.decode(payload);
    InodeItem item = before;
    if (logged.cut() < item.sizeBytes()) {
      item = resized(tx, inode, item, logged.cut());
    }
    for (Piece piece : logged.pieces()) {
      long change =
          switch (piece) {
            case Piece.Memory memory ->
                editor.write(
                    tx.txg(),
                    view,
                    inode,
                    item,
                    memory.offset(),
                    ByteBuffer.wrap(memory.array(), memory.start(), memory.length()));
            case Piece.InChunk stored -> editor.store(tx.txg(), view, inode, item, stored);
            case Piece.Zero hole ->
                editor.punch(tx.txg(), view, inode, item, hole.offset(), hole.end());
          };
      long size =
          piece instanceof Piece.Zero ? item.sizeBytes() : Math.max(item.sizeBytes(), piece.end());
      item = item.withSize(size, item.allocatedBytes() + change);
    }
    item =
        resized(tx, inode, item, logged.sizeBytes())
            .withTimes(before.atimeNanos(), logged.mtimeNanos(), logged.ctimeNanos());
    tx.put(Keys.inode(inode), item.encode());
    tx.addUsage(item.allocatedBytes() - before.allocatedBytes(), 0);
  }

  private InodeItem resized(Tx tx, long inode, InodeItem item, long sizeBytes) throws IOException {
    long change = editor.truncate(tx.txg(), tx.view(), inode, item, sizeBytes);
    return item.withSize(sizeBytes, item.allocatedBytes() + change);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Counts whole arrays, and for every changed range about what its bookkeeping costs, so that
   * many tiny changes are bounded too.
   */
  @Override
  public long dirtyBytes(long txg) {
    return files.heldBytes(txg);
  }

  @Override
  public boolean isReleasing(long txg) {
    return storeAhead.isReleasing(txg);
  }

  @Override
  public void onRelease(Runnable heard) {
    storeAhead.onRelease(heard);
  }
}
