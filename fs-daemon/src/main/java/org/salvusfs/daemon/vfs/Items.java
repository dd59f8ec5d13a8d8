package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Reads items of a view, live or of a snapshot, and makes sure that they are what an operation asks
 * for.
 */
final class Items {
  private final View view;

  Items(View view) {
    this.view = view;
  }

  View view() {
    return view;
  }

  /** The inode; ESTALE if there is none, as only the kernel asks for inodes it once was told of. */
  InodeItem inode(long inode) throws MetadataException, FsException {
    byte[] value = view.get(Keys.inode(inode));
    if (value == null) {
      throw new FsException(Errno.ESTALE);
    }
    return InodeItem.decode(value);
  }

  /** The inode behind an entry that is locked with its directory. */
  InodeItem inode(long directory, DirentItem entry) throws MetadataException {
    byte[] value = view.get(Keys.inode(entry.inode()));
    if (value == null) {
      throw new MetadataException.Corrupt(
          "directory %d has an entry for inode %d, which does not exist"
              .formatted(directory, entry.inode()));
    }
    return InodeItem.decode(value);
  }

  InodeItem directory(long inode) throws MetadataException, FsException {
    InodeItem item = inode(inode);
    if (!item.isDirectory()) {
      throw new FsException(Errno.ENOTDIR);
    }
    return item;
  }

  /** A directory that may get entries: one that was not removed, and is no link. */
  InodeItem livingDirectory(long inode) throws MetadataException, FsException {
    InodeItem item = directory(inode);
    if (item.nlink() == 0) {
      throw new FsException(Errno.ENOENT);
    }
    if (item.isLink()) {
      throw new FsException(Errno.EROFS);
    }
    return item;
  }

  /**
   * A regular file.
   *
   * @param otherwise the errno for what is neither file nor directory
   */
  InodeItem regular(long inode, Errno otherwise) throws MetadataException, FsException {
    InodeItem item = inode(inode);
    if (item.isDirectory()) {
      throw new FsException(Errno.EISDIR);
    }
    if (!item.isRegular()) {
      throw new FsException(otherwise);
    }
    return item;
  }

  @Nullable DirentItem entry(long directory, byte[] name) throws MetadataException {
    byte[] value = view.get(Keys.dirent(directory, name));
    return value == null ? null : DirentItem.decode(value);
  }

  /**
   * The inode at a path from the top; no symlink is followed.
   *
   * @param where it is looked for: ends the refusal, ENOENT in words
   */
  long find(List<byte[]> path, String where) throws MetadataException, FsException {
    long at = Keys.ROOT_INODE;
    for (int i = 0; i < path.size(); i++) {
      DirentItem entry = inode(at).isDirectory() ? entry(at, path.get(i)) : null;
      if (entry == null) {
        throw new FsException(
            Errno.ENOENT, "there is no \"%s\" in %s".formatted(text(path, i + 1), where));
      }
      at = entry.inode();
    }
    return at;
  }

  private static String text(List<byte[]> path, int count) {
    return path.subList(0, count).stream()
        .map(name -> new String(name, UTF_8))
        .collect(Collectors.joining("/"));
  }

  /** The entry; ENOENT if there is none, ENOTDIR if there can be none. */
  DirentItem existingEntry(long directory, byte[] name) throws MetadataException, FsException {
    DirentItem entry = entry(directory, name);
    if (entry == null) {
      directory(directory);
      throw new FsException(Errno.ENOENT);
    }
    return entry;
  }

  /** The same for an entry that is to go or to move: EROFS for the directory's snapshots. */
  DirentItem movableEntry(long directory, byte[] name) throws MetadataException, FsException {
    if (Names.isSnapshots(name) && entry(directory, name) == null) {
      throw new FsException(Errno.EROFS);
    }
    return existingEntry(directory, name);
  }

  /** Whether the name still stands for what was seen. */
  boolean isStill(@Nullable DirentItem seen, long directory, byte[] name) throws MetadataException {
    return Objects.equals(seen, entry(directory, name));
  }

  void checkEmpty(long directory) throws MetadataException, FsException {
    if (view.scan(Keys.first(directory, Keys.DIRENT), Keys.end(directory, Keys.DIRENT)).next()) {
      throw new FsException(Errno.ENOTEMPTY);
    }
  }
}
