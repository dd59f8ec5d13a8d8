package org.salvusfs.daemon.fuse.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.StatFs;

/**
 * The reply in a worker's buffer: a header and at most one body. Started again for every request; a
 * new body replaces the one before. Owned by one thread.
 */
final class Reply {
  /** What the reply hands to the kernel, and must be taken back if the reply cannot be sent. */
  enum Grant {
    NOTHING,
    /** One lookup of the node at the start of the body. */
    ENTRY,
    /** A file handle at the start of the body. */
    FILE,
    /** A directory handle at the start of the body. */
    DIRECTORY,
    /** An entry followed by a file handle. */
    CREATED,
    /** One lookup of each node in a row of direntplus records. */
    ENTRIES
  }

  private static final int BODY = Abi.OUT_HEADER_BYTES;

  private final ByteBuffer bytes;
  private final Lifetimes lifetimes;
  private int length = BODY;
  private Grant grant = Grant.NOTHING;

  /**
   * @param buffer where replies are written from; not copied
   */
  Reply(ByteBuffer buffer, Lifetimes lifetimes) {
    this.bytes = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.lifetimes = lifetimes;
  }

  /** Begins an empty reply without an error. */
  void start(long unique) {
    bytes.putLong(Abi.OUT_UNIQUE, unique);
    finish(0, 0, Grant.NOTHING);
  }

  /** Makes this the refusal with a positive errno. */
  void fail(int errno) {
    finish(0, -errno, Grant.NOTHING);
  }

  /** Length in bytes, header included. */
  int length() {
    return length;
  }

  /** 0 or the positive errno. */
  int errno() {
    return -bytes.getInt(Abi.OUT_ERROR);
  }

  Grant grant() {
    return grant;
  }

  /** The largest body that fits. */
  int bodyBytesMax() {
    return bytes.capacity() - BODY;
  }

  /** A 64-bit field of the body, to take back what was granted. */
  long int64(int at) {
    return bytes.getLong(BODY + at);
  }

  int int32(int at) {
    return bytes.getInt(BODY + at);
  }

  /** Room for a body of up to {@code count} bytes; {@link #data(int)} says how many it became. */
  ByteBuffer room(int count) {
    return bytes.slice(BODY, count).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The body is the first {@code count} bytes of {@link #room}. */
  void data(int count) {
    finish(count, 0, Grant.NOTHING);
  }

  /** The body is a row of directory entries in {@link #room}. */
  void entries(int count, boolean plus) {
    finish(count, 0, plus ? Grant.ENTRIES : Grant.NOTHING);
  }

  void data(byte[] body) {
    bytes.put(BODY, body);
    finish(body.length, 0, Grant.NOTHING);
  }

  /** fuse_write_out, fuse_getxattr_out: a 32-bit count. */
  void count(int value) {
    bytes.putInt(BODY, value).putInt(BODY + 4, 0);
    finish(8, 0, Grant.NOTHING);
  }

  /** fuse_lseek_out, fuse_copy_file_range_out: a 64-bit number. */
  void number(long value) {
    bytes.putLong(BODY, value);
    finish(8, 0, Grant.NOTHING);
  }

  void entry(Attr attr) {
    putEntry(bytes, BODY, attr);
    finish(Abi.ENTRY_OUT_BYTES, 0, Grant.ENTRY);
  }

  /** There is no such entry, and the kernel may remember that. */
  void absent() {
    putNothing(bytes, BODY);
    putLifetime(BODY + 16, BODY + 32, lifetimes.absence());
    finish(Abi.ENTRY_OUT_BYTES, 0, Grant.NOTHING);
  }

  void attributes(Attr attr) {
    putLifetime(BODY, BODY + 8, lifetimes.attributes());
    bytes.putInt(BODY + 12, 0);
    Attributes.put(bytes, BODY + 16, attr);
    finish(Abi.ATTR_OUT_BYTES, 0, Grant.NOTHING);
  }

  void statx(Attr attr) {
    putLifetime(BODY, BODY + 8, lifetimes.attributes());
    bytes.putInt(BODY + 12, 0).putLong(BODY + 16, 0).putLong(BODY + 24, 0);
    Attributes.putStatx(bytes, BODY + 32, attr);
    finish(Abi.STATX_OUT_BYTES, 0, Grant.NOTHING);
  }

  void openedFile(long handle) {
    putOpen(BODY, handle, Abi.FOPEN_KEEP_CACHE);
    finish(Abi.OPEN_OUT_BYTES, 0, Grant.FILE);
  }

  void openedDirectory(long handle, int openFlags) {
    putOpen(BODY, handle, openFlags);
    finish(Abi.OPEN_OUT_BYTES, 0, Grant.DIRECTORY);
  }

  void created(Attr attr, long handle) {
    putCreated(attr, handle, Grant.CREATED);
  }

  /** The same where no file is open but in the kernel. */
  void createdUnopened(Attr attr) {
    putCreated(attr, FileSystem.UNOPENED, Grant.ENTRY);
  }

  private void putCreated(Attr attr, long handle, Grant granted) {
    putEntry(bytes, BODY, attr);
    putOpen(BODY + Abi.ENTRY_OUT_BYTES, handle, Abi.FOPEN_KEEP_CACHE);
    finish(Abi.ENTRY_OUT_BYTES + Abi.OPEN_OUT_BYTES, 0, granted);
  }

  void statfs(StatFs statfs) {
    bytes.putLong(BODY, statfs.blocks());
    bytes.putLong(BODY + 8, statfs.blocksFree());
    bytes.putLong(BODY + 16, statfs.blocksAvailable());
    bytes.putLong(BODY + 24, statfs.inodes());
    bytes.putLong(BODY + 32, statfs.inodesFree());
    bytes.putInt(BODY + 40, statfs.blockBytes());
    bytes.putInt(BODY + 44, statfs.nameBytesMax());
    bytes.putInt(BODY + 48, statfs.blockBytes());
    for (int spare = 52; spare < Abi.STATFS_OUT_BYTES; spare += 4) {
      bytes.putInt(BODY + spare, 0);
    }
    finish(Abi.STATFS_OUT_BYTES, 0, Grant.NOTHING);
  }

  /** Writes fuse_entry_out at an absolute position of any buffer. */
  void putEntry(ByteBuffer to, int at, Attr attr) {
    to.putLong(at, attr.node());
    // Node ids are never given to another inode while a mount lives. After the next mount a node's
    // upper bits may mean another project: a handle from before must not open a file in that.
    to.putLong(at + 8, attr.ino() >>> Integer.SIZE);
    to.putLong(at + 16, lifetimes.entry().toSeconds());
    to.putLong(at + 24, lifetimes.attributes().toSeconds());
    to.putInt(at + 32, lifetimes.entry().toNanosPart());
    to.putInt(at + 36, lifetimes.attributes().toNanosPart());
    Attributes.put(to, at + 40, attr);
  }

  /** Writes a fuse_entry_out that says nothing: node 0. */
  static void putNothing(ByteBuffer to, int at) {
    for (int i = 0; i < Abi.ENTRY_OUT_BYTES; i += 8) {
      to.putLong(at + i, 0);
    }
  }

  private void putOpen(int at, long handle, int openFlags) {
    bytes.putLong(at, handle).putInt(at + 8, openFlags).putInt(at + 12, 0);
  }

  private void putLifetime(int secondsAt, int nanosAt, Duration lifetime) {
    bytes.putLong(secondsAt, lifetime.toSeconds()).putInt(nanosAt, lifetime.toNanosPart());
  }

  private void finish(int bodyBytes, int error, Grant granted) {
    length = BODY + bodyBytes;
    grant = granted;
    bytes.putInt(Abi.OUT_LENGTH, length).putInt(Abi.OUT_ERROR, error);
  }
}
