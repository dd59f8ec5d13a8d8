package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LinkItem;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * The links in one live project: directories without entries of their own, in whose place a mount
 * shows a directory of another project ({@link LinkedFileSystem}). Only these operations make one,
 * and no operation of a mount leads to them; moving and removing one are those of any empty
 * directory. Threads are the callers'.
 */
final class Links {
  private static final Caller NOBODY = Caller.WRITEBACK;
  private static final int MODE = InodeItem.S_IFDIR | 0555;

  private final Parts parts;
  private final Namespace namespace;
  private final Orphans orphans;

  Links(Parts parts, Namespace namespace, Orphans orphans) {
    this.parts = parts;
    this.namespace = namespace;
    this.orphans = orphans;
  }

  /**
   * Makes one. Committed on return.
   *
   * @param to its path, at least one name; nothing has the last one, in a directory that exists
   * @throws FsException EEXIST or ENOENT in words, EDQUOT if there is no room for a directory
   */
  void make(List<byte[]> to, LinkItem link, ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    byte[] name = to.getLast();
    long parent;
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      parent = parts.items().find(to.subList(0, to.size() - 1), "the target");
      parts.items().livingDirectory(parent);
      if (parts.items().entry(parent, name) != null) {
        throw new FsException(
            Errno.EEXIST, "there is \"%s\" already".formatted(new String(name, UTF_8)));
      }
      Attr made = namespace.make(NOBODY, parent, name, MODE, 0, null);
      try {
        become(made.node(), link);
      } catch (IOException | RuntimeException e) {
        undo(parent, name, e);
        throw e;
      } finally {
        if (parts.lookups().subtract(made.node(), 1)) {
          orphans.forgotten(made.node());
        }
      }
    }
    changes.name(parent, name);
    changes.inode(parent);
    parts.txgs().commit();
  }

  private void become(long directory, LinkItem link) throws IOException, FsException {
    try (Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
      InodeItem item = parts.items().directory(directory).withMode(MODE).withRdev(InodeItem.LINK);
      tx.put(Keys.inode(directory), item.withOwner(link.uid(), link.gid()).encode());
      tx.put(Keys.link(directory), link.encode());
      tx.apply();
    }
  }

  private void undo(long parent, byte[] name, Exception cause) {
    try {
      namespace.rmdir(parent, name);
    } catch (IOException | FsException e) {
      cause.addSuppressed(e);
    } catch (InterruptedException e) {
      cause.addSuppressed(e);
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Removes one. Committed on return.
   *
   * @return the directory that it was
   * @throws FsException ENOENT in words if there is nothing, or EINVAL if it is no link
   */
  long remove(List<byte[]> path, ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    byte[] name = path.getLast();
    long parent;
    long directory;
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      directory = parts.items().find(path, "the project");
      if (!parts.items().inode(directory).isLink()) {
        throw new FsException(Errno.EINVAL, "\"%s\" is no link".formatted(new String(name, UTF_8)));
      }
      parent = parts.items().directory(directory).parent();
      namespace.rmdir(parent, name);
    }
    changes.name(parent, name);
    changes.inode(parent);
    parts.txgs().commit();
    return directory;
  }

  /** What a directory shows; null if it is no link. */
  @Nullable LinkItem at(long directory) throws MetadataException {
    byte[] value = parts.items().view().get(Keys.link(directory));
    return value == null ? null : LinkItem.decode(value);
  }

  /** All of them, in the order in which they were made. */
  List<ProjectFileSystem.Link> list() throws IOException, InterruptedException {
    var links = new ArrayList<ProjectFileSystem.Link>();
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      Cursor cursor = parts.items().view().scan(Keys.first(0, Keys.LINK), Keys.end(0, Keys.LINK));
      while (cursor.next()) {
        long directory = Keys.suffixLong(cursor.key());
        byte[] value = parts.items().view().get(Keys.inode(directory));
        if (value != null && InodeItem.decode(value).nlink() > 0) {
          links.add(new ProjectFileSystem.Link(path(directory), LinkItem.decode(cursor.value())));
        }
      }
    }
    return links;
  }

  /** From the top, by reading the directories above. */
  private String path(long directory) throws MetadataException {
    var names = new ArrayDeque<String>();
    long at = directory;
    while (at != Keys.ROOT_INODE) {
      byte[] value = parts.items().view().get(Keys.inode(at));
      if (value == null) {
        throw new MetadataException.Corrupt("there is no inode " + at + ", which has entries");
      }
      long above = InodeItem.decode(value).parent();
      names.addFirst(name(above, at));
      at = above;
    }
    return String.join("/", names);
  }

  private String name(long directory, long inode) throws MetadataException {
    Cursor entries =
        parts
            .items()
            .view()
            .scan(Keys.first(directory, Keys.DIRENT), Keys.end(directory, Keys.DIRENT));
    while (entries.next()) {
      if (DirentItem.decode(entries.value()).inode() == inode) {
        return new String(Keys.suffix(entries.key()), UTF_8);
      }
    }
    throw new MetadataException.Corrupt(
        "directory %d has no entry for inode %d, whose parent it is".formatted(directory, inode));
  }
}
