package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.salvusfs.metadata.api.Key;

/** Makes and reads the keys of items. Inode 0 holds what belongs to the project itself. */
public final class Keys {
  /** {@link InodeItem}; no suffix. */
  public static final byte INODE = 1;

  /** Contents of a small regular file, or a symlink's target; no suffix. */
  public static final byte INLINE = 2;

  /** An extended attribute; suffix: its name. */
  public static final byte XATTR = 3;

  /** {@link DirentItem}; suffix: the entry's name. */
  public static final byte DIRENT = 4;

  /** {@link ExtentItem}; suffix: offset in the file, u64. */
  public static final byte EXTENT = 5;

  /** {@link CountersItem}, of inode 0; no suffix. */
  public static final byte COUNTERS = 16;

  /** An inode without links that is still in use, of inode 0; suffix: its number, u64; no value. */
  public static final byte ORPHAN = 17;

  /** {@link LineageItem}, of inode 0; no suffix. Not there if the project was never rolled back. */
  public static final byte LINEAGE = 18;

  /** {@link OriginItem}, of inode 0; no suffix. Not there if the project is no clone. */
  public static final byte ORIGIN = 19;

  /**
   * {@link LinkItem}, of inode 0; suffix: the directory that is a link, u64. Not there for other
   * directories.
   */
  public static final byte LINK = 20;

  /** {@link ReceivedItem}, of inode 0; no suffix. Only there if the project came as a stream. */
  public static final byte RECEIVED = 21;

  /** The inode of a project's top directory. */
  public static final long ROOT_INODE = 1;

  private Keys() {}

  public static Key inode(long inode) {
    return key(inode, INODE);
  }

  public static Key inline(long inode) {
    return key(inode, INLINE);
  }

  public static Key xattr(long inode, byte[] name) {
    return key(inode, XATTR, name);
  }

  public static Key dirent(long directory, byte[] name) {
    return key(directory, DIRENT, name);
  }

  public static Key extent(long inode, long offset) {
    return key(inode, EXTENT, offset);
  }

  public static Key counters() {
    return key(0, COUNTERS);
  }

  public static Key orphan(long inode) {
    return key(0, ORPHAN, inode);
  }

  public static Key lineage() {
    return key(0, LINEAGE);
  }

  public static Key origin() {
    return key(0, ORIGIN);
  }

  public static Key link(long directory) {
    return key(0, LINK, directory);
  }

  public static Key received() {
    return key(0, RECEIVED);
  }

  /** The least key of that kind of that inode; also a scan's exclusive end for the kind before. */
  public static Key first(long inode, byte kind) {
    return key(inode, kind);
  }

  /** The exclusive end of a scan over that kind of that inode. */
  public static Key end(long inode, byte kind) {
    return key(inode, (byte) (kind + 1));
  }

  /** The exclusive end of a scan over all of an inode. */
  public static Key end(long inode) {
    return key(inode + 1, (byte) 0);
  }

  /** The least key above {@code key}: where a scan goes on after it. */
  public static Key after(Key key) {
    return Key.wrap(Arrays.copyOf(key.bytes(), key.bytes().length + 1));
  }

  /** The bytes behind inode and kind: a name. */
  public static byte[] suffix(Key key) {
    return Arrays.copyOfRange(key.bytes(), Key.BYTES_MIN, key.bytes().length);
  }

  /** The u64 behind inode and kind: a file offset or an orphan's number. */
  public static long suffixLong(Key key) {
    return ByteBuffer.wrap(key.bytes()).getLong(Key.BYTES_MIN);
  }

  private static Key key(long inode, byte kind) {
    return Key.wrap(ByteBuffer.allocate(Key.BYTES_MIN).putLong(inode).put(kind).array());
  }

  private static Key key(long inode, byte kind, byte[] suffix) {
    return Key.wrap(
        ByteBuffer.allocate(Key.BYTES_MIN + suffix.length)
            .putLong(inode)
            .put(kind)
            .put(suffix)
            .array());
  }

  private static Key key(long inode, byte kind, long suffix) {
    return Key.wrap(
        ByteBuffer.allocate(Key.BYTES_MIN + Long.BYTES)
            .putLong(inode)
            .put(kind)
            .putLong(suffix)
            .array());
  }
}
