package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;

/**
 * What a mount shows: a top directory with one subdirectory for every project, and in every
 * directory, not listed, its {@code .snapshots}. In place of a directory that is a link it shows
 * one of another project. Requests are handed to the project, snapshot or link that the node's
 * upper bits name ({@link Nodes}); no file moves or is linked from one to another (EXDEV), and the
 * top directory, all snapshots and what links show are read-only (EROFS).
 */
public final class MountFileSystem implements FileSystem {
  private final MountedTrees mounted;
  private final TopDirectory top;
  private final Crossings crossings;

  /**
   * @param projects the catalogue, asked at every lookup in and listing of the top directory
   * @param links what links show
   * @param freeBytes how much still fits into the store
   * @param wallClock nanoseconds since 1970
   * @param nanoClock monotonic
   */
  public MountFileSystem(
      ProjectStore projects,
      ProjectOpener opener,
      LinkSource links,
      LongSupplier freeBytes,
      LongSupplier wallClock,
      LongSupplier nanoClock) {
    this.mounted = new MountedTrees(opener, links);
    this.crossings = new Crossings(mounted);
    this.top =
        new TopDirectory(
            projects,
            mounted,
            freeBytes,
            new Errnos("the mount", nanoClock),
            wallClock.getAsLong());
  }

  /** What the kernel knows of this mount by number; while there is no operation. */
  public MountState state() {
    return new MountState(top.state(), mounted.state());
  }

  /**
   * Becomes the filesystem that another one was when it gave its {@link #state}: opens the projects
   * that it had open. Called once, before the first operation.
   *
   * @throws IOException if one of the projects cannot be opened
   */
  public void restore(MountState known) throws IOException {
    top.restore(known.top());
    for (MountState.Tree each : known.trees()) {
      if (each instanceof MountState.Live live) {
        ProjectId id = live.project().project();
        Project project = top.find(id);
        if (project == null) {
          throw new IOException("project " + id + " is mounted, but does not exist");
        }
        mounted.restore(project, live);
      }
    }
    for (MountState.Tree each : known.trees()) {
      switch (each) {
        case MountState.Past past -> mounted.restore(past);
        case MountState.Linked linked -> mounted.restore(linked);
        case MountState.Live _ -> {}
      }
    }
  }

  /**
   * A snapshot of a project is being deleted, and is shown no more.
   *
   * @return the nodes of the directories that have listed it, for the kernel to drop its name there
   */
  public List<Long> leave(ProjectId project, Instant created) {
    mounted.leave(project, created);
    return snapshotDirectories(project);
  }

  /**
   * A project is shown no more, until it is looked up again. Waits for operations under way on it;
   * later ones find it stale.
   *
   * @return the nodes of it that the kernel knows, for the kernel to drop what it keeps of them
   */
  public List<Long> leave(ProjectId project) throws InterruptedException {
    return mounted.leave(project);
  }

  /**
   * A link of a project is being removed: what it has shown is stale.
   *
   * @param at the directory that was the link
   * @return the nodes of it that the kernel knows, for the kernel to drop what it keeps of them
   */
  public List<Long> leave(ProjectId project, long at) {
    MountedTree.Linked shown = mounted.link(project, at);
    return shown == null ? List.of() : mounted.leave(shown);
  }

  /**
   * Looks for newer commits of what links show. Called by one thread, now and then.
   *
   * @param changes hears what the kernel should forget, of directories and inodes given as nodes of
   *     this mount
   * @throws IOException if a store fails; what was not said is said by the next call
   */
  public void lookAtLinks(ProjectFileSystem.Changes changes) throws IOException {
    for (MountedTree.Linked shown : mounted.links()) {
      if (!shown.fileSystem().tell(outward(shown.ordinal(), changes))) {
        mounted.leave(shown).forEach(changes::inode);
      }
    }
  }

  private static ProjectFileSystem.Changes outward(int ordinal, ProjectFileSystem.Changes changes) {
    return new ProjectFileSystem.Changes() {
      @Override
      public void name(long directory, byte[] name) {
        changes.name(Nodes.node(ordinal, directory), name);
      }

      @Override
      public void inode(long inode) {
        changes.inode(Nodes.node(ordinal, inode));
      }
    };
  }

  /** The nodes of all {@code .snapshots} of a project that the kernel knows. */
  public List<Long> snapshotDirectories(ProjectId project) {
    return snapshotNodes(project, false);
  }

  /** The nodes of all notices in {@code .snapshots} of a project that the kernel knows. */
  public List<Long> snapshotNotices(ProjectId project) {
    return snapshotNodes(project, true);
  }

  private List<Long> snapshotNodes(ProjectId project, boolean isNotice) {
    MountedTree.Live live = mounted.ifOpen(project);
    return live == null
        ? List.of()
        : live.snapshots().inUse().stream()
            .filter(inode -> Nodes.isNotice(inode) == isNotice)
            .map(inode -> Nodes.node(live.ordinal(), inode))
            .toList();
  }

  /** The node of a project's inode; 0 if the kernel does not know it. */
  public long nodeInUse(ProjectId project, long inode) {
    MountedTree.Live live = mounted.ifOpen(project);
    return live != null && live.fileSystem().isInUse(inode) ? Nodes.node(live.ordinal(), inode) : 0;
  }

  private static boolean isTop(long node) {
    return Nodes.ordinal(node) == 0;
  }

  private MountedTree tree(long node) throws FsException {
    MountedTree tree = mounted.at(Nodes.ordinal(node));
    if (tree == null) {
      throw new FsException(Errno.ESTALE);
    }
    return tree;
  }

  /** What serves a node, for a request that the top directory has no part in. */
  private FileSystem serving(long node, Errno onTop) throws FsException {
    if (isTop(node)) {
      throw new FsException(onTop);
    }
    return requested(node).serving(Nodes.inode(node));
  }

  /** The tree, in which this request is counted. */
  private MountedTree requested(long node) throws FsException {
    MountedTree tree = tree(node);
    tree.home().requested();
    return tree;
  }

  private FileSystem changed(long node) throws FsException {
    return serving(node, Errno.EROFS);
  }

  /** What serves both nodes. */
  private FileSystem shared(long node, long other, Errno onTop) throws FsException {
    if (isTop(node) != isTop(other)) {
      throw new FsException(Errno.EXDEV);
    }
    FileSystem fileSystem = serving(node, onTop);
    if (!fileSystem.equals(tree(other).serving(Nodes.inode(other)))) {
      throw new FsException(Errno.EXDEV);
    }
    return fileSystem;
  }

  private static Attr outward(long node, Attr attr) {
    return Nodes.attr(Nodes.ordinal(node), attr);
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    if (isTop(parent)) {
      return top.lookup(name);
    }
    MountedTree tree = requested(parent);
    long inode = Nodes.inode(parent);
    if (Crossings.leadsOut(tree, inode) && Names.isDotDot(name)) {
      return top.lookup(name);
    }
    return crossings.lookup(caller, tree, inode, name);
  }

  /** In the top directory and in links from all hosts, in {@code .snapshots} by commands. */
  @Override
  public boolean namesAppear(long directory) {
    return isTop(directory)
        || Nodes.isSnapshots(Nodes.inode(directory))
        || mounted.at(Nodes.ordinal(directory)) instanceof MountedTree.Linked;
  }

  @Override
  public void forget(long node, long lookups) {
    MountedTree tree = mounted.at(Nodes.ordinal(node));
    if (tree != null) {
      tree.serving(Nodes.inode(node)).forget(Nodes.inode(node), lookups);
      switch (tree) {
        case MountedTree.Past past -> mounted.forgotten(past);
        case MountedTree.Linked linked -> mounted.forgotten(linked);
        case MountedTree.Live _ -> {}
      }
    }
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return isTop(node)
        ? top.attr()
        : outward(node, serving(node, Errno.EROFS).getattr(Nodes.inode(node)));
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    return outward(node, changed(node).setattr(caller, Nodes.inode(node), change));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return serving(node, Errno.EINVAL).readlink(Nodes.inode(node));
  }

  @Override
  public Attr mknod(Caller caller, long parent, byte[] name, int mode, int rdev)
      throws FsException {
    return outward(parent, changed(parent).mknod(caller, Nodes.inode(parent), name, mode, rdev));
  }

  @Override
  public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
    return outward(parent, changed(parent).mkdir(caller, Nodes.inode(parent), name, mode));
  }

  @Override
  public Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException {
    return outward(parent, changed(parent).symlink(caller, Nodes.inode(parent), name, target));
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name) throws FsException {
    changed(parent).unlink(caller, Nodes.inode(parent), name);
  }

  @Override
  public void rmdir(Caller caller, long parent, byte[] name) throws FsException {
    changed(parent).rmdir(caller, Nodes.inode(parent), name);
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException {
    shared(parent, newParent, Errno.EROFS)
        .rename(caller, Nodes.inode(parent), name, Nodes.inode(newParent), newName, flags);
  }

  @Override
  public Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException {
    Attr linked =
        shared(node, newParent, Errno.EROFS)
            .link(caller, Nodes.inode(node), Nodes.inode(newParent), newName);
    return outward(node, linked);
  }

  @Override
  public Opened create(Caller caller, long parent, byte[] name, int mode, int flags)
      throws FsException {
    Opened opened = changed(parent).create(caller, Nodes.inode(parent), name, mode, flags);
    return new Opened(outward(parent, opened.attr()), opened.handle());
  }

  @Override
  public Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException {
    Opened opened = changed(parent).tmpfile(caller, Nodes.inode(parent), mode, flags);
    return new Opened(outward(parent, opened.attr()), opened.handle());
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    return serving(node, Errno.EISDIR).open(caller, Nodes.inode(node), flags);
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    return serving(node, Errno.EISDIR).read(Nodes.inode(node), handle, offset, into, flags);
  }

  @Override
  public int write(
      Caller caller,
      long node,
      long handle,
      long offset,
      ByteBuffer from,
      int flags,
      boolean killSuidgid)
      throws FsException {
    return serving(node, Errno.EISDIR)
        .write(caller, Nodes.inode(node), handle, offset, from, flags, killSuidgid);
  }

  @Override
  public void release(long node, long handle) {
    MountedTree tree = mounted.at(Nodes.ordinal(node));
    if (tree != null) {
      tree.serving(Nodes.inode(node)).release(Nodes.inode(node), handle);
    }
  }

  @Override
  public void fsync(long node, boolean dataOnly) throws FsException {
    if (!isTop(node)) {
      serving(node, Errno.EISDIR).fsync(Nodes.inode(node), dataOnly);
    }
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return isTop(node)
        ? top.opendir()
        : serving(node, Errno.ENOTDIR).opendir(caller, Nodes.inode(node));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    if (isTop(node)) {
      top.readdir(handle, cookie, sink);
      return;
    }
    MountedTree tree = requested(node);
    long inode = Nodes.inode(node);
    long above = Crossings.inoAbove(tree, inode);
    DirSink outward =
        (name, ino, type, entryCookie, attr) ->
            sink.offer(
                name,
                above != 0 && Names.isDotDot(name) ? above : ino,
                type,
                entryCookie,
                attr == null ? null : outward(node, attr));
    tree.serving(inode).readdir(inode, handle, cookie, plus, outward);
  }

  @Override
  public void releasedir(long node, long handle) {
    if (isTop(node)) {
      top.releasedir(handle);
      return;
    }
    MountedTree tree = mounted.at(Nodes.ordinal(node));
    if (tree != null) {
      tree.serving(Nodes.inode(node)).releasedir(Nodes.inode(node), handle);
    }
  }

  @Override
  public void fsyncdir(long node) throws FsException {
    if (!isTop(node)) {
      serving(node, Errno.ENOTDIR).fsyncdir(Nodes.inode(node));
    }
  }

  @Override
  public StatFs statfs(long node) throws FsException {
    return isTop(node) ? top.statfs() : serving(node, Errno.EROFS).statfs(Nodes.inode(node));
  }

  @Override
  public void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags)
      throws FsException {
    changed(node).setxattr(caller, Nodes.inode(node), name, value, flags);
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return serving(node, Errno.ENODATA).getxattr(Nodes.inode(node), name);
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return isTop(node) ? new byte[0] : serving(node, Errno.ENODATA).listxattr(Nodes.inode(node));
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    changed(node).removexattr(caller, Nodes.inode(node), name);
  }

  @Override
  public void fallocate(Caller caller, long node, long handle, int mode, long offset, long length)
      throws FsException {
    serving(node, Errno.EISDIR).fallocate(caller, Nodes.inode(node), handle, mode, offset, length);
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return serving(node, Errno.EISDIR).lseek(Nodes.inode(node), handle, offset, whence);
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    if (mounted.at(Nodes.ordinal(fromNode)) instanceof MountedTree.Past past
        && past.project().ordinal() == Nodes.ordinal(toNode)) {
      return past.project()
          .fileSystem()
          .copyFileRangeFrom(
              caller,
              past.fileSystem().parts(),
              Nodes.inode(fromNode),
              fromOffset,
              Nodes.inode(toNode),
              toOffset,
              length);
    }
    return shared(fromNode, toNode, Errno.EISDIR)
        .copyFileRange(
            caller, Nodes.inode(fromNode), fromOffset, Nodes.inode(toNode), toOffset, length);
  }

  @Override
  public void destroy() {
    for (MountedTree.Live each : mounted.projects()) {
      each.fileSystem().destroy();
    }
  }
}
