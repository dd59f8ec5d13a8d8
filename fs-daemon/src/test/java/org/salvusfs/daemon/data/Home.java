package org.salvusfs.daemon.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;

/** A few files on {@link MiniTxg}, changed the way the VFS does it. */
final class Home {
  final FakeChunks chunks;
  final MiniTxg txgs;

  Home(int chunkBytesMax, Executor workers) {
    chunks = new FakeChunks(chunkBytesMax);
    var options = new FileContents.Options(2, 1 << 20, chunkBytesMax);
    txgs = new MiniTxg(chunks, live -> new FileContents(chunks, live, workers, options));
  }

  FileContents contents() {
    return txgs.contents();
  }

  interface Operation {
    long change(Tx tx, InodeItem item) throws IOException;
  }

  void create(long inode) {
    put(inode, new InodeItem(InodeItem.S_IFREG | 0644, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  void put(long inode, InodeItem item) {
    try (Tx tx = txgs.begin()) {
      tx.put(Keys.inode(inode), item.encode());
      tx.apply();
    }
  }

  InodeItem item(long inode) throws IOException {
    byte[] value = txgs.live().get(Keys.inode(inode));
    if (value == null) {
      throw new AssertionError("no inode " + inode);
    }
    return InodeItem.decode(value);
  }

  /** Runs an operation that sets the size to {@code newSize}; returns the allocation's change. */
  long change(long inode, long newSize, Operation operation) throws IOException {
    InodeItem item = item(inode);
    try (Tx tx = txgs.begin()) {
      long delta = operation.change(tx, item);
      tx.put(Keys.inode(inode), item.withSize(newSize, item.allocatedBytes() + delta).encode());
      tx.addUsage(delta, 0);
      tx.apply();
      return delta;
    }
  }

  long write(long inode, long offset, byte[] data) throws IOException {
    long size = data.length == 0 ? 0 : offset + data.length;
    return change(
        inode,
        Math.max(item(inode).sizeBytes(), size),
        (tx, item) -> contents().write(tx, inode, item, offset, ByteBuffer.wrap(data)));
  }

  long truncate(long inode, long size) throws IOException {
    return change(inode, size, (tx, item) -> contents().truncate(tx, inode, item, size));
  }

  long punch(long inode, long offset, long length) throws IOException {
    return change(
        inode,
        item(inode).sizeBytes(),
        (tx, item) -> contents().punch(tx, inode, item, offset, length));
  }

  long share(long from, long fromOffset, long to, long toOffset, long length) throws IOException {
    long fromSize = item(from).sizeBytes();
    long count = Math.min(length, fromSize - fromOffset);
    return change(
        to,
        Math.max(item(to).sizeBytes(), toOffset + count),
        (tx, item) ->
            contents()
                .share(
                    tx, contents().source(from, fromSize, fromOffset, length), to, item, toOffset));
  }

  byte[] read(long inode, long offset, int length) throws IOException {
    var into = ByteBuffer.allocate(length);
    int count = contents().read(inode, item(inode).sizeBytes(), offset, into);
    byte[] bytes = new byte[count];
    into.flip().get(bytes);
    return bytes;
  }

  byte[] readAll(long inode) throws IOException {
    return read(inode, 0, (int) item(inode).sizeBytes());
  }

  /** Captures and makes it durable. */
  int fsync(long inode) throws IOException {
    var captures = contents().capture(inode, txgs.live());
    txgs.append(captures);
    captures.forEach(capture -> capture.onDurable().run());
    return captures.stream().mapToInt(capture -> capture.payload().length).sum();
  }

  int check(long inode) throws IOException {
    return Check.file(txgs.committed(), chunks, inode);
  }
}
