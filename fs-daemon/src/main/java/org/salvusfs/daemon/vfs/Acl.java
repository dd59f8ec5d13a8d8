package org.salvusfs.daemon.vfs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/**
 * A POSIX access control list as the kernel hands it over: entries sorted by tag, and by id within
 * named users and groups. Immutable. The kernel enforces it; here it is kept in step with the mode.
 *
 * @see "linux/fs/posix_acl.c; linux/include/uapi/linux/posix_acl_xattr.h; POSIX.1e draft 17, 23"
 */
record Acl(List<Acl.Entry> entries) {
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;

  private static final int USER_OBJ = 0x01;
  private static final int USER = 0x02;
  private static final int GROUP_OBJ = 0x04;
  private static final int GROUP = 0x08;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;

  private static final int RWX = 07;

  /**
   * One entry.
   *
   * @param permissions read 4, write 2, execute 1
   * @param id of a named user or group, else without meaning
   */
  record Entry(int tag, int permissions, int id) {
    /** Such as {@code user:1000:rw-}. */
    String text() {
      String who =
          switch (tag) {
            case USER_OBJ -> "user:";
            case USER -> "user:" + Integer.toUnsignedString(id);
            case GROUP_OBJ -> "group:";
            case GROUP -> "group:" + Integer.toUnsignedString(id);
            case MASK -> "mask:";
            default -> "other:";
          };
      return who
          + ':'
          + ((permissions & 4) != 0 ? 'r' : '-')
          + ((permissions & 2) != 0 ? 'w' : '-')
          + ((permissions & 1) != 0 ? 'x' : '-');
    }

    private Entry limitedTo(int bits) {
      return new Entry(tag, permissions & bits, id);
    }

    private Entry with(int bits) {
      return new Entry(tag, bits & RWX, id);
    }

    /**
     * Whether it follows {@code before} in a list; named users and groups are told by their ids.
     */
    private boolean follows(Entry before) {
      boolean named = tag == USER || tag == GROUP;
      return tag > before.tag
          || (named && tag == before.tag && Integer.compareUnsigned(id, before.id) > 0);
    }
  }

  Acl {
    entries = List.copyOf(entries);
  }

  /**
   * Reads the value of an extended attribute: version u32, then for each entry tag u16, permissions
   * u16, id u32, little-endian.
   *
   * @throws FsException EOPNOTSUPP for another version, EINVAL for what is no valid list
   */
  static Acl decode(byte[] value) throws FsException {
    if (value.length < HEADER_BYTES || (value.length - HEADER_BYTES) % ENTRY_BYTES != 0) {
      throw new FsException(Errno.EINVAL, "an ACL of " + value.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != VERSION) {
      throw new FsException(Errno.EOPNOTSUPP, "an ACL of another version");
    }
    List<Entry> entries = new ArrayList<>();
    while (in.hasRemaining()) {
      int tag = Short.toUnsignedInt(in.getShort());
      int permissions = Short.toUnsignedInt(in.getShort());
      entries.add(new Entry(tag, permissions, in.getInt()));
    }
    var acl = new Acl(entries);
    acl.check();
    return acl;
  }

  byte[] encode() {
    ByteBuffer out =
        ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES * entries.size())
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(VERSION);
    for (Entry entry : entries) {
      out.putShort((short) entry.tag()).putShort((short) entry.permissions()).putInt(entry.id());
    }
    return out.array();
  }

  /** One owner, one group, one rest; a mask if there are names; nothing twice. */
  private void check() throws FsException {
    int tags = 0;
    Entry before = new Entry(0, 0, 0);
    for (Entry entry : entries) {
      boolean known = Integer.bitCount(entry.tag()) == 1 && entry.tag() <= OTHER;
      if (!known || entry.permissions() > RWX || !entry.follows(before)) {
        throw new FsException(Errno.EINVAL, "ACL with a wrong entry " + entry);
      }
      tags |= entry.tag();
      before = entry;
    }
    int required = USER_OBJ | GROUP_OBJ | OTHER;
    if ((tags & (USER | GROUP)) != 0) {
      required |= MASK;
    }
    if ((tags & required) != required) {
      throw new FsException(Errno.EINVAL, "ACL without a necessary entry");
    }
  }

  /** Whether the nine permission bits say the same, so that the list need not be kept. */
  boolean isMode() {
    return entries.size() == 3;
  }

  /** The mode with the permission bits of this list: the group's are those of the mask. */
  int mode(int mode) {
    int bits = 0;
    for (Entry entry : entries) {
      bits |=
          switch (entry.tag()) {
            case USER_OBJ -> entry.permissions() << 6;
            case OTHER -> entry.permissions();
            default -> isGroupClass(entry) ? entry.permissions() << 3 : 0;
          };
    }
    return (mode & ~Linux.PERMISSION_BITS) | bits;
  }

  /** This list after a chmod. */
  Acl changed(int mode) {
    return map(
        entry ->
            switch (entry.tag()) {
              case USER_OBJ -> entry.with(mode >> 6);
              case OTHER -> entry.with(mode);
              default -> isGroupClass(entry) ? entry.with(mode >> 3) : entry;
            });
  }

  /** This default list as the access list of an inode that is made with {@code mode}. */
  Acl inherited(int mode) {
    return map(
        entry ->
            switch (entry.tag()) {
              case USER_OBJ -> entry.limitedTo(mode >> 6);
              case OTHER -> entry.limitedTo(mode);
              default -> isGroupClass(entry) ? entry.limitedTo(mode >> 3) : entry;
            });
  }

  /** The entry that the mode's group bits stand for: the mask, or the group where there is none. */
  private boolean isGroupClass(Entry entry) {
    return entry.tag() == MASK || (entry.tag() == GROUP_OBJ && !hasMask());
  }

  private boolean hasMask() {
    return entries.stream().anyMatch(entry -> entry.tag() == MASK);
  }

  private Acl map(UnaryOperator<Entry> change) {
    return new Acl(entries.stream().map(change).toList());
  }
}
