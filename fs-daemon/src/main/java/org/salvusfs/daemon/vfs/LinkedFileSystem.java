package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LinkItem;

/**
 * What a link shows: a directory of another project as of its latest commit, read-only, owned by
 * whom the link says ({@link LinkedView}). Its nodes are the other project's inode numbers; that of
 * the directory itself is {@link LinkedView#TOP}.
 *
 * <p>Every operation reads one commit, the latest that is known when it begins. {@link #tell} says
 * what the kernel should forget when there is a newer one. Thread-safe; {@code tell} is called by
 * one thread at a time.
 */
final class LinkedFileSystem extends ReadOnlyFileSystem {
  private static final int EMPTY_MODE = InodeItem.S_IFDIR | 0555;

  /** One commit of the source; without a root, the source has gone. */
  private record Shown(@Nullable BlockId root, LinkedView view, Reads reads) {}

  private final ProjectFileSystem home;
  private final long at;
  private final LinkItem link;
  private final LinkSource source;
  private final List<byte[]> path;
  private final InodeItem empty;
  private final LookupCounts lookups;
  private final Calls calls;
  private final Directories directories;
  private volatile Shown shown;

  /** The commit that {@link #tell} begins from, and the one that it came to the last time. */
  private @Nullable BlockId told;

  private @Nullable BlockId toldLast;

  /**
   * @param home the project that has the link
   * @param at the directory in it that is the link
   * @param told the commit of the source that the kernel knows; null: it knows none
   * @param known what the kernel uses of it
   */
  LinkedFileSystem(
      ProjectFileSystem home,
      long at,
      LinkItem link,
      LinkSource source,
      @Nullable BlockId told,
      ProjectState known)
      throws IOException, FsException {
    this.home = home;
    this.at = at;
    this.link = link;
    this.source = source;
    this.path = names(link.path());
    this.empty = empty(home.getattr(at).item(), link);
    this.lookups = LookupCounts.of(known.lookups());
    this.calls = new Calls(home.errnos());
    this.shown = shown(source.root(link.project()));
    this.told = told == null ? shown.root() : told;
    this.toldLast = this.told;
    this.directories = new Directories(parts(new Present()), Accesses.UNNOTED, known);
  }

  private static List<byte[]> names(String path) {
    return path.isEmpty()
        ? List.of()
        : Arrays.stream(path.split("/")).map(name -> name.getBytes(UTF_8)).toList();
  }

  private static InodeItem empty(InodeItem directory, LinkItem link) {
    long born = directory.btimeNanos();
    return new InodeItem(
        EMPTY_MODE, link.uid(), link.gid(), 2, 0, 0, born, born, born, born, 0, LinkedView.TOP);
  }

  private Shown shown(@Nullable BlockId root) throws IOException {
    View tree = root == null ? null : source.view(link.project(), root);
    LinkedView view = LinkedView.of(tree, path, empty);
    return new Shown(root, view, new Reads(parts(view), Accesses.UNNOTED));
  }

  private ReadParts parts(View view) throws IOException {
    return new ReadParts(
        new Items(view),
        source.contents(link.project(), view),
        new InodeLocks(), // nothing is changed here
        lookups,
        home.errnos(),
        Nodes.inoBase(home.id(), at));
  }

  /** The latest commit. */
  private Shown shown() throws IOException {
    BlockId root = source.root(link.project());
    Shown now = shown;
    if (!Objects.equals(now.root(), root)) {
      now = shown(root);
      shown = now;
    }
    return now;
  }

  /** The latest commit of each moment, for those who list a directory while it changes. */
  private final class Present implements View {
    @Override
    public byte @Nullable [] get(Key key) throws MetadataException {
      return shown.view().get(key);
    }

    @Override
    public Cursor scan(Key from, Key to) throws MetadataException {
      return shown.view().scan(from, to);
    }
  }

  /** The directory that is the link. */
  long at() {
    return at;
  }

  /** The commit that the kernel knows; while there is no operation. */
  @Nullable BlockId told() {
    return told;
  }

  /** What the kernel uses of it; while there is no operation. */
  ProjectState state() {
    return new ProjectState(
        home.id(), lookups.pairs(), directories.lastHandle(), directories.open());
  }

  /** Whether the kernel knows nothing of it. */
  boolean isUnused() {
    return lookups.size() == 0;
  }

  /** The inodes that the kernel knows. */
  List<Long> inUse() {
    return lookups.inodes();
  }

  /** Counts a lookup of the linked directory. */
  void entered() {
    lookups.add(LinkedView.TOP, 1);
  }

  /**
   * Says what the kernel should forget, because there is a newer commit. Each difference is said
   * twice, by two calls: an operation that was under way at the first one may have answered with
   * what was before.
   *
   * @return false if that cannot be said name by name, and all of this is to be forgotten: the
   *     linked directory is another one, or has gone or come back, or the last commit is too long
   *     ago
   */
  boolean tell(ProjectFileSystem.Changes changes) throws IOException {
    Shown now = shown();
    if (!tell(told, now, changes)) {
      return false;
    }
    told = toldLast;
    toldLast = now.root();
    return true;
  }

  private boolean tell(@Nullable BlockId before, Shown now, ProjectFileSystem.Changes changes)
      throws IOException {
    BlockId after = now.root();
    if (Objects.equals(before, after)) {
      return true;
    }
    if (before == null || after == null) {
      return false;
    }
    try {
      View then = source.view(link.project(), before);
      if (LinkedView.of(then, path, empty).top() != now.view().top()) {
        return false;
      }
      source.diff(
          link.project(), before, after, (key, old, value) -> tell(key, now.view(), changes));
      return true;
    } catch (MetadataException.Missing e) {
      return false; // its nodes were given up, long after it was replaced
    }
  }

  private void tell(Key key, LinkedView view, ProjectFileSystem.Changes changes) {
    long inode = view.shown(key.inode());
    if (key.inode() == 0 || !lookups.isInUse(inode)) {
      return;
    }
    if (key.kind() == Keys.DIRENT) {
      changes.name(inode, Keys.suffix(key));
    }
    changes.inode(inode);
  }

  /** What users see of the linked directory is what its entry says. */
  private Attr seen(Attr attr) {
    return attr.node() == LinkedView.TOP ? new Attr(attr.node(), home.ino(at), attr.item()) : attr;
  }

  /** The linked directory. */
  Attr topAttr() throws FsException {
    return getattr(LinkedView.TOP);
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    return calls.call("lookup in a link", parent, () -> seen(shown().reads().lookup(parent, name)));
  }

  @Override
  public void forget(long node, long count) {
    lookups.subtract(node, count);
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return calls.call("getattr in a link", node, () -> seen(shown().reads().attr(node)));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return calls.call("readlink in a link", node, () -> shown().reads().readlink(node));
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    if ((flags & (Linux.O_ACCMODE | Linux.O_TRUNC)) != 0) {
      throw new FsException(Errno.EROFS);
    }
    calls.act("open in a link", node, () -> shown().reads().open(node, flags));
    return UNOPENED;
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    return calls.call(
        "read in a link", node, () -> shown().reads().read(node, offset, into, false));
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return calls.call("lseek in a link", node, () -> shown().reads().lseek(node, offset, whence));
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return calls.call(
        "opendir in a link",
        node,
        () -> {
          shown();
          return directories.open(node);
        });
  }

  /** Offers no attributes: they could be of another commit than the names. */
  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    calls.act(
        "readdir in a link",
        node,
        () -> {
          shown();
          directories.read(node, handle, cookie, false, sink);
        });
  }

  @Override
  public void releasedir(long node, long handle) {
    directories.release(handle);
  }

  /** What is linked takes no room here. */
  @Override
  public StatFs statfs(long node) {
    return home.statfs(Keys.ROOT_INODE);
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return calls.call("getxattr in a link", node, () -> shown().reads().xattr(node, name));
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return calls.call("listxattr in a link", node, () -> shown().reads().xattrNames(node));
  }
}
