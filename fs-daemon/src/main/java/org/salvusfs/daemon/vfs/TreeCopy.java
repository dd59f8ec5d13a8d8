package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Tx;
import org.salvusfs.metadata.txg.TxKind;

/**
 * One copy of a file or tree of a commit, of this project or another, in the live project, made of
 * the same operations that a user's copy would be, so that limits and commits see nothing new.
 * Chunks are shared, holes stay holes, links between the copied files stay links; owners, modes,
 * access and modification times, extended attributes and ACLs are those of then. Used once, by one
 * thread.
 *
 * <p>Whatever chunks the copy shares with its source are taken over in {@link #share}, and nowhere
 * else.
 */
final class TreeCopy {
  private static final int PRIVATE_FILE = 0600;
  private static final int PRIVATE_DIRECTORY = 0700;

  /** A directory and its copy. */
  private record Pair(long from, InodeItem then, long to) {}

  private final ReadParts past;
  private final Parts parts;
  private final Namespace namespace;
  private final FileOps files;
  private final Attributes attributes;
  private final Orphans orphans;
  private final Caller caller;
  private final LongConsumer progress;
  private long entries;
  private long bytes;

  /** Copies of files with several links. */
  private final Map<Long, Long> linked = new HashMap<>();

  /**
   * @param past reads the commit
   * @param caller whose growth it is
   * @param progress hears, while no lock is held, how many entries are copied; what it throws ends
   *     the copy
   */
  TreeCopy(
      ReadParts past,
      Parts parts,
      Namespace namespace,
      FileOps files,
      Attributes attributes,
      Orphans orphans,
      Caller caller,
      LongConsumer progress) {
    this.past = past;
    this.parts = parts;
    this.namespace = namespace;
    this.files = files;
    this.attributes = attributes;
    this.orphans = orphans;
    this.caller = caller;
    this.progress = progress;
  }

  /**
   * Copies an inode with all below it; directories get their attributes last, so that nobody looks
   * into half of them and their times stay.
   *
   * @return what was copied
   * @throws FsException what any of the operations may be refused with; the copy is a part then
   */
  ProjectFileSystem.Copied run(long from, long parent, byte[] name)
      throws IOException, FsException, InterruptedException {
    var directories = new ArrayList<Pair>();
    var waiting = new ArrayDeque<Pair>();
    copy(from, parent, name, waiting);
    while (!waiting.isEmpty()) {
      Pair directory = waiting.remove();
      directories.add(directory);
      Cursor entries =
          past.items()
              .view()
              .scan(
                  Keys.first(directory.from(), Keys.DIRENT),
                  Keys.end(directory.from(), Keys.DIRENT));
      while (entries.next()) {
        long inode = DirentItem.decode(entries.value()).inode();
        copy(inode, directory.to(), Keys.suffix(entries.key()), waiting);
      }
    }
    for (Pair directory : directories.reversed()) {
      dress(directory.from(), directory.then(), directory.to());
    }
    return new ProjectFileSystem.Copied(entries, bytes);
  }

  private void copy(long from, long parent, byte[] name, ArrayDeque<Pair> directories)
      throws IOException, FsException, InterruptedException {
    progress.accept(entries++);
    Long before = linked.get(from);
    if (before != null) {
      forget(namespace.link(before, parent, name));
      return;
    }
    InodeItem then = past.items().inode(from);
    int type = then.mode() & InodeItem.S_IFMT;
    int mode =
        type | (then.isDirectory() ? PRIVATE_DIRECTORY : then.isSymlink() ? 0777 : PRIVATE_FILE);
    byte @Nullable [] target = then.isSymlink() ? past.items().view().get(Keys.inline(from)) : null;
    int rdev = then.isDirectory() ? 0 : then.rdev(); // of a link, an empty directory is copied
    Attr made = namespace.make(caller, parent, name, mode, rdev, target);
    try {
      if (then.isDirectory()) {
        directories.add(new Pair(from, then, made.node()));
        return;
      }
      if (then.isRegular()) {
        share(from, then, made.node());
        bytes += then.allocatedBytes();
      }
      dress(from, then, made.node());
      if (then.nlink() > 1) {
        linked.put(from, made.node());
      }
    } finally {
      forget(made);
    }
  }

  private void share(long from, InodeItem then, long to)
      throws IOException, FsException, InterruptedException {
    long size = then.sizeBytes();
    long at = past.contents().seekData(from, size, 0);
    while (at >= 0 && at < size) {
      long end = at + files.copyRangeFrom(caller, past, from, at, to, at, size - at);
      at = end < size ? past.contents().seekData(from, size, end) : end;
    }
    try (InodeLocks.Held _ = parts.locks().exclusive(to)) {
      InodeItem now = parts.items().inode(to);
      if (now.sizeBytes() != size) {
        attributes.resize(to, now, size);
      }
    }
  }

  /** Gives a copy owner, mode, times and extended attributes, and none that it inherited. */
  private void dress(long from, InodeItem then, long to)
      throws IOException, FsException, InterruptedException {
    List<byte[]> inherited = xattrs(parts.items(), to);
    parts.txgs().awaitRoom(0);
    try (InodeLocks.Held _ = parts.locks().exclusive(to);
        Tx tx = parts.txgs().begin(TxKind.NAMESPACE)) {
      for (byte[] name : inherited) {
        tx.delete(Keys.xattr(to, name));
      }
      Cursor had =
          past.items().view().scan(Keys.first(from, Keys.XATTR), Keys.end(from, Keys.XATTR));
      while (had.next()) {
        tx.put(Keys.xattr(to, Keys.suffix(had.key())), had.value());
      }
      InodeItem dressed =
          parts
              .items()
              .inode(to)
              .withMode(then.mode())
              .withOwner(then.uid(), then.gid())
              .withTimes(then.atimeNanos(), then.mtimeNanos(), parts.now());
      tx.put(Keys.inode(to), dressed.encode());
      tx.apply();
    }
  }

  private static List<byte[]> xattrs(Items items, long inode) throws IOException {
    var names = new ArrayList<byte[]>();
    Cursor cursor = items.view().scan(Keys.first(inode, Keys.XATTR), Keys.end(inode, Keys.XATTR));
    while (cursor.next()) {
      names.add(Keys.suffix(cursor.key()));
    }
    return names;
  }

  /** The kernel was not told of it. */
  private void forget(Attr made) {
    if (parts.lookups().subtract(made.node(), 1)) {
      orphans.forgotten(made.node());
    }
  }
}
