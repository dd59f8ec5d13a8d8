package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Items of a project's committed tree as a link shows them. The directory that is linked has the
 * number {@link #TOP}, whatever its own is, and is empty if there is none. Everything belongs to
 * one owner. What could give somebody rights that he does not have is left out: setuid and setgid
 * bits, device numbers and whatever opens devices, all extended attributes but {@code user.*}, so
 * ACLs and capabilities; and links, so that none leads to the next.
 */
final class LinkedView implements View {
  /** No inode of a project has it. */
  static final long TOP = 0;

  private static final byte[] USER = "user.".getBytes(US_ASCII);
  private static final int SPECIAL_BITS = 07000;
  private static final int PERMISSION_BITS = 07777;

  private final @Nullable View source;
  private final long top;
  private final int uid;
  private final int gid;
  private final InodeItem empty;

  private LinkedView(@Nullable View source, long top, int uid, int gid, InodeItem empty) {
    this.source = source;
    this.top = top;
    this.uid = uid;
    this.gid = gid;
    this.empty = empty;
  }

  /**
   * Shows a directory of a tree, or an empty one.
   *
   * @param source null: the project has gone
   * @param path of the directory, from the source's top; symlinks are not followed
   * @param empty what is shown if there is no such directory; it has the owner of everything
   */
  static LinkedView of(@Nullable View source, List<byte[]> path, InodeItem empty)
      throws MetadataException {
    long top = source == null ? TOP : find(source, path);
    View shown = top == TOP ? null : source;
    return new LinkedView(shown, top, empty.uid(), empty.gid(), empty);
  }

  /** The inode at the path; {@link #TOP} if that is no directory, or a link. */
  private static long find(View source, List<byte[]> path) throws MetadataException {
    long at = Keys.ROOT_INODE;
    for (byte[] name : path) {
      byte[] value = source.get(Keys.dirent(at, name));
      if (value == null) {
        return TOP;
      }
      at = DirentItem.decode(value).inode();
    }
    byte[] value = source.get(Keys.inode(at));
    InodeItem item = value == null ? null : InodeItem.decode(value);
    return item != null && item.isDirectory() && !item.isLink() ? at : TOP;
  }

  /** The linked directory's own number; {@link #TOP} if there is none. */
  long top() {
    return top;
  }

  /** The number by which an inode is shown. */
  long shown(long inode) {
    return inode == top ? TOP : inode;
  }

  @Override
  public byte @Nullable [] get(Key key) throws MetadataException {
    if (source == null) {
      return key.equals(Keys.inode(TOP)) ? empty.encode() : null;
    }
    if (key.kind() == Keys.XATTR && !isUser(Keys.suffix(key))) {
      return null;
    }
    byte[] value = source.get(own(key));
    return value == null || key.kind() != Keys.INODE ? value : mapped(InodeItem.decode(value));
  }

  private byte[] mapped(InodeItem item) {
    int type = item.mode() & InodeItem.S_IFMT;
    boolean isDevice = type == InodeItem.S_IFCHR || type == InodeItem.S_IFBLK;
    int mode = item.mode() & ~(isDevice ? PERMISSION_BITS : SPECIAL_BITS);
    InodeItem shown = item.withMode(mode).withOwner(uid, gid).withRdev(0);
    return (item.isDirectory() ? shown.withParent(shown(item.parent())) : shown).encode();
  }

  private static boolean isUser(byte[] name) {
    return name.length > USER.length && Arrays.equals(name, 0, USER.length, USER, 0, USER.length);
  }

  /** The same key with the directory's own number. */
  private Key own(Key key) {
    return key.inode() == TOP ? moved(key) : key;
  }

  private Key moved(Key key) {
    byte[] bytes = key.bytes().clone();
    ByteBuffer.wrap(bytes).putLong(0, top);
    return Key.wrap(bytes);
  }

  /** Keys of what is in the directory have its own number. */
  @Override
  public Cursor scan(Key from, Key to) throws MetadataException {
    if (source == null) {
      return NOTHING;
    }
    Cursor all = source.scan(own(from), own(to));
    return from.kind() == Keys.XATTR ? new UserAttributes(all) : all;
  }

  private static final Cursor NOTHING =
      new Cursor() {
        @Override
        public boolean next() {
          return false;
        }

        @Override
        public Key key() {
          throw new IllegalStateException("nothing is here");
        }

        @Override
        public byte[] value() {
          throw new IllegalStateException("nothing is here");
        }
      };

  /** Leaves out what is not {@code user.*}. */
  private record UserAttributes(Cursor all) implements Cursor {
    @Override
    public boolean next() throws MetadataException {
      while (all.next()) {
        if (isUser(Keys.suffix(all.key()))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public Key key() {
      return all.key();
    }

    @Override
    public byte[] value() {
      return all.value();
    }
  }
}
