package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.item.Keys;

/**
 * What a mount shows: a top directory with one subdirectory for every project. Requests are handed
 * to the project that the node's upper bits name ({@link Nodes}); no file moves or is linked from
 * one project to another (EXDEV), and the top directory itself is read-only (EROFS).
 */
public final class MountFileSystem implements FileSystem {
  private final MountedProjects mounted;
  private final TopDirectory top;

  /**
   * @param projects the catalogue, asked at every lookup in and listing of the top directory
   * @param freeBytes how much still fits into the store
   * @param wallClock nanoseconds since 1970
   * @param nanoClock monotonic
   */
  public MountFileSystem(
      ProjectStore projects,
      ProjectOpener opener,
      LongSupplier freeBytes,
      LongSupplier wallClock,
      LongSupplier nanoClock) {
    this.mounted = new MountedProjects(opener);
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
    return new MountState(
        top.state(), mounted.all().stream().map(each -> each.fileSystem().state()).toList());
  }

  /**
   * Becomes the filesystem that another one was when it gave its {@link #state}: opens the projects
   * that it had open. Called once, before the first operation.
   *
   * @throws IOException if one of the projects cannot be opened
   */
  public void restore(MountState known) throws IOException {
    top.restore(known.top());
    for (ProjectState each : known.projects()) {
      Project project = top.find(each.project());
      if (project == null) {
        throw new IOException("project " + each.project() + " is mounted, but does not exist");
      }
      mounted.restore(project, each);
    }
  }

  private static boolean isTop(long node) {
    return Nodes.ordinal(node) == 0;
  }

  /** The project behind a node, for a request that the top directory has no part in. */
  private FileSystem project(long node, Errno onTop) throws FsException {
    if (isTop(node)) {
      throw new FsException(onTop);
    }
    FileSystem fileSystem = mounted.at(Nodes.ordinal(node));
    if (fileSystem == null) {
      throw new FsException(Errno.ESTALE);
    }
    return fileSystem;
  }

  private FileSystem changed(long node) throws FsException {
    return project(node, Errno.EROFS);
  }

  /** Both nodes' project. */
  private FileSystem shared(long node, long other, Errno onTop) throws FsException {
    if (Nodes.ordinal(node) != Nodes.ordinal(other)) {
      throw new FsException(Errno.EXDEV);
    }
    return project(node, onTop);
  }

  private static Attr outward(long node, Attr attr) {
    return Nodes.attr(Nodes.ordinal(node), attr);
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    boolean goesUp = Nodes.inode(parent) == Keys.ROOT_INODE && Names.isDotDot(name);
    if (isTop(parent) || goesUp) {
      return top.lookup(name);
    }
    Attr found = project(parent, Errno.ENOTDIR).lookup(caller, Nodes.inode(parent), name);
    return outward(parent, found);
  }

  @Override
  public void forget(long node, long lookups) {
    FileSystem fileSystem = mounted.at(Nodes.ordinal(node));
    if (fileSystem != null) {
      fileSystem.forget(Nodes.inode(node), lookups);
    }
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return isTop(node)
        ? top.attr()
        : outward(node, project(node, Errno.EROFS).getattr(Nodes.inode(node)));
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    return outward(node, changed(node).setattr(caller, Nodes.inode(node), change));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return project(node, Errno.EINVAL).readlink(Nodes.inode(node));
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
    return project(node, Errno.EISDIR).open(caller, Nodes.inode(node), flags);
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into) throws FsException {
    return project(node, Errno.EISDIR).read(Nodes.inode(node), handle, offset, into);
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
    return project(node, Errno.EISDIR)
        .write(caller, Nodes.inode(node), handle, offset, from, flags, killSuidgid);
  }

  @Override
  public void release(long node, long handle) {
    FileSystem fileSystem = mounted.at(Nodes.ordinal(node));
    if (fileSystem != null) {
      fileSystem.release(Nodes.inode(node), handle);
    }
  }

  @Override
  public void fsync(long node, boolean dataOnly) throws FsException {
    if (!isTop(node)) {
      project(node, Errno.EISDIR).fsync(Nodes.inode(node), dataOnly);
    }
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return isTop(node)
        ? top.opendir()
        : project(node, Errno.ENOTDIR).opendir(caller, Nodes.inode(node));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    if (isTop(node)) {
      top.readdir(handle, cookie, sink);
      return;
    }
    boolean isProjectTop = Nodes.inode(node) == Keys.ROOT_INODE;
    DirSink outward =
        (name, ino, type, entryCookie, attr) ->
            sink.offer(
                name,
                isProjectTop && Names.isDotDot(name) ? ROOT : ino,
                type,
                entryCookie,
                attr == null ? null : outward(node, attr));
    project(node, Errno.ENOTDIR).readdir(Nodes.inode(node), handle, cookie, plus, outward);
  }

  @Override
  public void releasedir(long node, long handle) {
    if (isTop(node)) {
      top.releasedir(handle);
      return;
    }
    FileSystem fileSystem = mounted.at(Nodes.ordinal(node));
    if (fileSystem != null) {
      fileSystem.releasedir(Nodes.inode(node), handle);
    }
  }

  @Override
  public void fsyncdir(long node) throws FsException {
    if (!isTop(node)) {
      project(node, Errno.ENOTDIR).fsyncdir(Nodes.inode(node));
    }
  }

  @Override
  public StatFs statfs(long node) throws FsException {
    return isTop(node) ? top.statfs() : project(node, Errno.EROFS).statfs(Nodes.inode(node));
  }

  @Override
  public void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags)
      throws FsException {
    changed(node).setxattr(caller, Nodes.inode(node), name, value, flags);
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return project(node, Errno.ENODATA).getxattr(Nodes.inode(node), name);
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return isTop(node) ? new byte[0] : project(node, Errno.ENODATA).listxattr(Nodes.inode(node));
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    changed(node).removexattr(caller, Nodes.inode(node), name);
  }

  @Override
  public void fallocate(long node, long handle, int mode, long offset, long length)
      throws FsException {
    project(node, Errno.EISDIR).fallocate(Nodes.inode(node), handle, mode, offset, length);
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return project(node, Errno.EISDIR).lseek(Nodes.inode(node), handle, offset, whence);
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    return shared(fromNode, toNode, Errno.EISDIR)
        .copyFileRange(
            caller, Nodes.inode(fromNode), fromOffset, Nodes.inode(toNode), toOffset, length);
  }

  @Override
  public void destroy() {
    for (MountedProjects.Mounted each : mounted.all()) {
      each.fileSystem().destroy();
    }
  }
}
