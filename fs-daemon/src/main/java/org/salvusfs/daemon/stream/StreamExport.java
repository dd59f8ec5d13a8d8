package org.salvusfs.daemon.stream;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Tree;

/**
 * One stream of one snapshot, or of what changed since an earlier one, which costs what changed:
 * neither nodes nor chunks that both trees share are read. Used once, by one thread.
 */
public final class StreamExport {
  private final Tree tree;
  private final Chunks chunks;
  private final StreamHeader header;
  private final FrameWriter frames;
  private final SentChunks sent = new SentChunks();
  private long changes;
  private long chunkBytes;

  /** Inodes without names, in the earlier tree and in the later one. */
  private Set<Long> namelessBefore = Set.of();

  private Set<Long> namelessAfter = Set.of();

  /** An inode that was written or removed as a whole, whatever of it differs. */
  private long whole;

  /**
   * @param tree of the project; the trees of both snapshots and their chunks stay while this runs
   * @param out is not closed
   */
  public StreamExport(
      Tree tree, Chunks chunks, StreamHeader header, StreamKey key, OutputStream out)
      throws IOException {
    this.tree = tree;
    this.chunks = chunks;
    this.header = header;
    this.frames = new FrameWriter(key, out);
  }

  /**
   * Writes the stream to its end.
   *
   * @throws MetadataException if a tree cannot be read; the stream has no end then
   * @throws org.salvusfs.blockstore.api.BlockStoreException if a chunk cannot be read; likewise
   * @throws IOException what {@code out} throws
   */
  public StreamTotals run() throws IOException {
    DataOutputStream record = begin(Frames.HEADER);
    header.write(record);
    frames.endRecord();
    BlockId root = header.snapshot().state().root();
    View after = tree.view(root);
    namelessAfter = nameless(after);
    Optional<BlockId> since = header.since().map(named -> named.state().root());
    if (since.isEmpty()) {
      writeAll(root);
    } else {
      namelessBefore = nameless(tree.view(since.get()));
      writeDifferences(since.get(), root);
    }
    CountersItem counters = counters(after);
    end(counters);
    return new StreamTotals(counters, changes, sent.count(), chunkBytes);
  }

  private DataOutputStream begin(byte kind) throws IOException {
    DataOutputStream record = frames.record();
    record.writeByte(kind);
    return record;
  }

  private static Set<Long> nameless(View view) throws MetadataException {
    var inodes = new HashSet<Long>();
    Cursor orphans = view.scan(Keys.first(0, Keys.ORPHAN), Keys.end(0, Keys.ORPHAN));
    while (orphans.next()) {
      inodes.add(Keys.suffixLong(orphans.key()));
    }
    return inodes;
  }

  private void writeAll(BlockId root) throws IOException {
    Cursor all = tree.scan(root, Keys.end(0), null);
    while (all.next()) {
      if (!namelessAfter.contains(all.key().inode())) {
        write(all.key(), all.value());
      }
    }
  }

  private void writeDifferences(BlockId before, BlockId after) throws IOException {
    try {
      tree.diff(
          before,
          after,
          (key, was, is) -> {
            try {
              differs(key, is, before, after);
            } catch (MetadataException e) {
              throw e;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void differs(Key key, byte @Nullable [] is, BlockId before, BlockId after)
      throws IOException {
    long inode = key.inode();
    if (inode == 0 || inode == whole) {
      return;
    }
    boolean wasNameless = namelessBefore.contains(inode);
    boolean isNameless = namelessAfter.contains(inode);
    if (wasNameless || isNameless) {
      whole = inode;
      writeWhole(inode, wasNameless ? null : before, isNameless ? null : after);
    } else {
      write(key, is);
    }
  }

  /** An inode that one side alone has, as far as the receiver is concerned, or none of them. */
  private void writeWhole(long inode, @Nullable BlockId before, @Nullable BlockId after)
      throws IOException {
    BlockId root = after == null ? before : after;
    if (root == null) {
      return;
    }
    Cursor all = tree.scan(root, Keys.first(inode, (byte) 0), Keys.end(inode));
    while (all.next()) {
      write(all.key(), after == null ? null : all.value());
    }
  }

  private void write(Key key, byte @Nullable [] value) throws IOException {
    changes++;
    if (value == null) {
      writeKey(begin(Frames.REMOVE), key);
    } else if (key.kind() == Keys.EXTENT) {
      ExtentItem extent = ExtentItem.decode(value);
      long number = numberOf(extent.chunk());
      DataOutputStream record = begin(Frames.EXTENT);
      writeKey(record, key);
      record.writeInt(extent.lengthBytes());
      record.writeInt(extent.chunkOffset());
      record.writeLong(number);
    } else {
      byte[] bytes = key.kind() == Keys.INODE ? unlinked(value) : value;
      DataOutputStream record = begin(Frames.PUT);
      writeKey(record, key);
      record.writeInt(bytes.length);
      record.write(bytes);
    }
    frames.endRecord();
  }

  /** A link to another project is an empty directory for the receiver, as in every copy. */
  private static byte[] unlinked(byte[] inode) throws MetadataException {
    InodeItem item = InodeItem.decode(inode);
    return item.isLink() ? item.withRdev(0).encode() : inode;
  }

  private static void writeKey(DataOutputStream record, Key key) throws IOException {
    record.writeShort(key.bytes().length);
    record.write(key.bytes());
  }

  /** The number of a chunk that is in the stream, lately enough. */
  private long numberOf(BlockId id) throws IOException {
    long known = sent.find(id);
    if (known >= 0) {
      return known;
    }
    byte[] plain = chunks.get(id);
    DataOutputStream record = begin(Frames.CHUNK);
    record.writeInt(plain.length);
    record.write(plain);
    frames.endRecord();
    chunkBytes += plain.length;
    return sent.add(id);
  }

  private CountersItem counters(View view) throws MetadataException {
    byte[] value = view.get(Keys.counters());
    if (value == null) {
      throw new MetadataException.Corrupt("the snapshot's tree has no counters");
    }
    CountersItem all = CountersItem.decode(value);
    long bytes = all.bytes();
    for (long inode : namelessAfter) {
      byte[] item = view.get(Keys.inode(inode));
      if (item == null) {
        throw new MetadataException.Corrupt("inode " + inode + " is not there");
      }
      bytes -= InodeItem.decode(item).allocatedBytes();
    }
    return new CountersItem(all.nextInode(), bytes, all.inodes() - namelessAfter.size());
  }

  private void end(CountersItem counters) throws IOException {
    DataOutputStream record = begin(Frames.END);
    record.write(counters.encode());
    record.writeLong(changes);
    record.writeLong(sent.count());
    frames.finish();
  }
}
