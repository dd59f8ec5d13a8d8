package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import org.salvusfs.metadata.api.MetadataException;

/**
 * An inode's attributes.
 *
 * @param mode type and permission bits as in {@code st_mode}
 * @param uid owner
 * @param gid group
 * @param nlink number of directory entries that name it (for a directory: 2 + subdirectories); 0
 *     for an orphan
 * @param sizeBytes length of a regular file or a symlink's target, 0 for the rest
 * @param allocatedBytes bytes of a regular file that are no hole; 0 for the rest
 * @param atimeNanos last access, nanoseconds since 1970; so are the other times
 * @param mtimeNanos last change of the contents
 * @param ctimeNanos last change of the attributes
 * @param btimeNanos creation
 * @param rdev device number of a device node as the kernel encodes it; of a directory {@link #LINK}
 *     if it is a link; 0 for the rest
 * @param parent for a directory the inode that holds its entry (the root: itself); for the rest the
 *     directory in which it got a name last, where it need not have one any more; 0: not known
 */
public record InodeItem(
    int mode,
    int uid,
    int gid,
    int nlink,
    long sizeBytes,
    long allocatedBytes,
    long atimeNanos,
    long mtimeNanos,
    long ctimeNanos,
    long btimeNanos,
    int rdev,
    long parent) {
  /** Mask and values of the type bits, as in {@code <sys/stat.h>}. */
  public static final int S_IFMT = 0170000;

  public static final int S_IFSOCK = 0140000;
  public static final int S_IFLNK = 0120000;
  public static final int S_IFREG = 0100000;
  public static final int S_IFBLK = 0060000;
  public static final int S_IFDIR = 0040000;
  public static final int S_IFCHR = 0020000;
  public static final int S_IFIFO = 0010000;

  /** In {@link #rdev}: the directory is a link, and there is a {@link LinkItem} for it. */
  public static final int LINK = 1;

  /** Length of an encoded item. */
  public static final int BYTES = 4 * 5 + 8 * 7;

  public boolean isDirectory() {
    return (mode & S_IFMT) == S_IFDIR;
  }

  /**
   * Major number of a device node.
   *
   * @see "linux/kdev_t.h, new_encode_dev()"
   */
  public int deviceMajor() {
    return (rdev & 0xfff00) >>> 8;
  }

  /** Minor number of a device node. */
  public int deviceMinor() {
    return (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);
  }

  /** Whether it is a directory that shows one of another project. It has no entries of its own. */
  public boolean isLink() {
    return rdev == LINK && isDirectory();
  }

  public boolean isRegular() {
    return (mode & S_IFMT) == S_IFREG;
  }

  public boolean isSymlink() {
    return (mode & S_IFMT) == S_IFLNK;
  }

  public InodeItem withMode(int to) {
    return new InodeItem(
        to,
        uid,
        gid,
        nlink,
        sizeBytes,
        allocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        rdev,
        parent);
  }

  public InodeItem withOwner(int toUid, int toGid) {
    return new InodeItem(
        mode,
        toUid,
        toGid,
        nlink,
        sizeBytes,
        allocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        rdev,
        parent);
  }

  public InodeItem withRdev(int to) {
    return new InodeItem(
        mode,
        uid,
        gid,
        nlink,
        sizeBytes,
        allocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        to,
        parent);
  }

  public InodeItem withNlink(int to) {
    return new InodeItem(
        mode,
        uid,
        gid,
        to,
        sizeBytes,
        allocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        rdev,
        parent);
  }

  public InodeItem withSize(long toSizeBytes, long toAllocatedBytes) {
    return new InodeItem(
        mode,
        uid,
        gid,
        nlink,
        toSizeBytes,
        toAllocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        rdev,
        parent);
  }

  public InodeItem withTimes(long atime, long mtime, long ctime) {
    return new InodeItem(
        mode,
        uid,
        gid,
        nlink,
        sizeBytes,
        allocatedBytes,
        atime,
        mtime,
        ctime,
        btimeNanos,
        rdev,
        parent);
  }

  public InodeItem withParent(long to) {
    return new InodeItem(
        mode,
        uid,
        gid,
        nlink,
        sizeBytes,
        allocatedBytes,
        atimeNanos,
        mtimeNanos,
        ctimeNanos,
        btimeNanos,
        rdev,
        to);
  }

  public byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .putInt(mode)
        .putInt(uid)
        .putInt(gid)
        .putInt(nlink)
        .putInt(rdev)
        .putLong(sizeBytes)
        .putLong(allocatedBytes)
        .putLong(atimeNanos)
        .putLong(mtimeNanos)
        .putLong(ctimeNanos)
        .putLong(btimeNanos)
        .putLong(parent)
        .array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static InodeItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("INODE", value, BYTES);
    var in = ByteBuffer.wrap(value);
    int mode = in.getInt();
    int uid = in.getInt();
    int gid = in.getInt();
    int nlink = in.getInt();
    int rdev = in.getInt();
    return new InodeItem(
        mode,
        uid,
        gid,
        nlink,
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        rdev,
        in.getLong());
  }
}
