package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Transactions;
import org.salvusfs.quota.admission.Room;

/**
 * One project as a filesystem; its nodes are its inode numbers. The operations are in the classes
 * beside this one, by subject; here they get their errnos.
 */
public final class ProjectFileSystem implements FileSystem {
  private static final int BLOCK_BYTES = 4096;

  /** How many inodes df shows where nothing limits them: as good as any number. */
  private static final long INODES = 1L << 32;

  /** Handle of an open file: files have no state but their inode. */
  private static final long FILE_HANDLE = 0;

  /** Handle of a file opened with O_NOATIME. */
  private static final long UNNOTED_HANDLE = 1;

  /**
   * What is particular to a project.
   *
   * @param admission decides about growth
   * @param freeBytes how much still fits into the store
   * @param wallClock nanoseconds since 1970
   * @param nanoClock monotonic
   */
  public record Setup(
      ProjectId project,
      Admission admission,
      LongSupplier freeBytes,
      LongSupplier wallClock,
      LongSupplier nanoClock) {}

  private interface Operation<T> {
    T run() throws IOException, FsException, InterruptedException;
  }

  private interface Action {
    void run() throws IOException, FsException, InterruptedException;
  }

  private final ProjectId project;
  private final Parts parts;
  private final LongSupplier freeBytes;
  private final Orphans orphans;
  private final Namespace namespace;
  private final Renames renames;
  private final Attributes attributes;
  private final FileOps files;
  private final Directories directories;
  private final Xattrs xattrs;

  private ProjectFileSystem(
      Transactions txgs, FileContents contents, Setup setup, ProjectState known) {
    this.project = setup.project();
    this.parts =
        new Parts(
            txgs,
            new Items(txgs.view()),
            contents,
            new InodeLocks(),
            LookupCounts.of(known.lookups()),
            setup.admission(),
            setup.wallClock(),
            new Errnos("project " + setup.project(), setup.nanoClock()),
            Nodes.inoBase(setup.project()));
    this.freeBytes = setup.freeBytes();
    var accessTimes = new AccessTimes(parts);
    var privileges = new Privileges(parts);
    var acls = new Acls(parts.items());
    this.orphans = new Orphans(parts);
    this.namespace = new Namespace(parts, orphans, acls);
    this.renames = new Renames(parts, namespace, orphans);
    this.attributes = new Attributes(parts, privileges, acls, accessTimes);
    this.files = new FileOps(parts, attributes, privileges, accessTimes);
    this.directories = new Directories(parts, accessTimes, known);
    this.xattrs = new Xattrs(parts);
  }

  /**
   * Makes an open project usable: reaps what a crash left unlinked. The caller closes {@code txgs}
   * after the last operation.
   *
   * @throws IOException if a store fails meanwhile; opening again is then right
   */
  public static ProjectFileSystem open(Transactions txgs, FileContents contents, Setup setup)
      throws IOException {
    return open(txgs, contents, setup, ProjectState.unknown(setup.project()));
  }

  /**
   * The same for a project of a mount that is taken over.
   *
   * @param known what the kernel uses of it
   */
  public static ProjectFileSystem open(
      Transactions txgs, FileContents contents, Setup setup, ProjectState known)
      throws IOException {
    var fileSystem = new ProjectFileSystem(txgs, contents, setup, known);
    try {
      fileSystem.orphans.reapLeftovers();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing what was left unlinked", e);
    }
    return fileSystem;
  }

  /** What the kernel uses of this project; while there is no operation. */
  ProjectState state() {
    return new ProjectState(
        project, parts.lookups().pairs(), directories.lastHandle(), directories.open());
  }

  /** How many inodes the kernel knows: for metrics. */
  public long inodesInUse() {
    return parts.lookups().size();
  }

  /** How many unlinked inodes wait for the kernel to forget them: for metrics. */
  public int orphansInUse() {
    return orphans.size();
  }

  /** Whether no operation holds or awaits a lock. */
  boolean isQuiet() {
    return parts.locks().isQuiet();
  }

  private <T> T call(String name, long node, Operation<T> operation) throws FsException {
    try {
      return operation.run();
    } catch (IOException e) {
      throw parts.errnos().of(name, node, e);
    } catch (InterruptedException e) {
      // The request was interrupted, not the thread: the answer ends it.
      throw new FsException(Errno.EINTR);
    }
  }

  private void act(String name, long node, Action action) throws FsException {
    this.<Boolean>call(
        name,
        node,
        () -> {
          action.run();
          return true;
        });
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    return call("lookup", parent, () -> namespace.lookup(parent, name));
  }

  @Override
  public void forget(long node, long lookups) {
    if (parts.lookups().subtract(node, lookups)) {
      orphans.forgotten(node);
    }
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return call("getattr", node, () -> attributes.get(node));
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    return call("setattr", node, () -> attributes.set(node, change));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return call("readlink", node, () -> attributes.readlink(node));
  }

  @Override
  public Attr mknod(Caller caller, long parent, byte[] name, int mode, int rdev)
      throws FsException {
    int type = mode & InodeItem.S_IFMT;
    boolean isDevice = type == InodeItem.S_IFCHR || type == InodeItem.S_IFBLK;
    if (!isDevice
        && type != InodeItem.S_IFREG
        && type != InodeItem.S_IFIFO
        && type != InodeItem.S_IFSOCK) {
      throw new FsException(type == InodeItem.S_IFDIR ? Errno.EPERM : Errno.EINVAL);
    }
    return call(
        "mknod",
        parent,
        () -> namespace.make(caller, parent, name, mode, isDevice ? rdev : 0, null));
  }

  @Override
  public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
    int typed = InodeItem.S_IFDIR | (mode & Linux.MODE_BITS);
    return call("mkdir", parent, () -> namespace.make(caller, parent, name, typed, 0, null));
  }

  @Override
  public Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException {
    return call("symlink", parent, () -> namespace.symlink(caller, parent, name, target));
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name) throws FsException {
    act("unlink", parent, () -> namespace.unlink(parent, name));
  }

  @Override
  public void rmdir(Caller caller, long parent, byte[] name) throws FsException {
    act("rmdir", parent, () -> namespace.rmdir(parent, name));
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException {
    act("rename", parent, () -> renames.rename(caller, parent, name, newParent, newName, flags));
  }

  @Override
  public Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException {
    return call("link", node, () -> namespace.link(node, newParent, newName));
  }

  @Override
  public Opened create(Caller caller, long parent, byte[] name, int mode, int flags)
      throws FsException {
    int typed = InodeItem.S_IFREG | (mode & Linux.MODE_BITS);
    return call(
        "create",
        parent,
        () -> {
          while (true) {
            try {
              Attr made = namespace.make(caller, parent, name, typed, 0, null);
              return new Opened(made, handle(flags));
            } catch (FsException e) {
              if (e.errno() != Errno.EEXIST || (flags & Linux.O_EXCL) != 0) {
                throw e;
              }
            }
            Opened opened = openExisting(caller, parent, name, flags);
            if (opened != null) {
              return opened;
            }
          }
        });
  }

  @Override
  public Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException {
    int typed = InodeItem.S_IFREG | (mode & Linux.MODE_BITS);
    Attr made = call("tmpfile", parent, () -> namespace.makeUnnamed(caller, parent, typed));
    return new Opened(made, handle(flags));
  }

  private static long handle(int flags) {
    return (flags & Linux.O_NOATIME) != 0 ? UNNOTED_HANDLE : FILE_HANDLE;
  }

  /** Null if the entry has gone meanwhile. */
  private @Nullable Opened openExisting(Caller caller, long parent, byte[] name, int flags)
      throws IOException, FsException, InterruptedException {
    Attr found;
    try {
      found = namespace.lookup(parent, name);
    } catch (FsException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
    boolean isOpen = false;
    try {
      if (found.item().isDirectory()) {
        throw new FsException(Errno.EISDIR);
      }
      files.open(caller, found.node(), flags);
      isOpen = true;
      return new Opened(attributes.get(found.node()), handle(flags));
    } finally {
      if (!isOpen) {
        forget(found.node(), 1);
      }
    }
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    act("open", node, () -> files.open(caller, node, flags));
    return handle(flags);
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into) throws FsException {
    return call("read", node, () -> files.read(node, offset, into, handle != UNNOTED_HANDLE));
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
    return call("write", node, () -> files.write(caller, node, offset, from, flags, killSuidgid));
  }

  @Override
  public void release(long node, long handle) {
    // The inode lives as long as the kernel has not forgotten it.
  }

  @Override
  public void fsync(long node, boolean dataOnly) throws FsException {
    act("fsync", node, () -> files.sync(node));
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return call("opendir", node, () -> directories.open(node));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    act("readdir", node, () -> directories.read(node, handle, cookie, plus, sink));
  }

  @Override
  public void releasedir(long node, long handle) {
    directories.release(handle);
  }

  @Override
  public void fsyncdir(long node) throws FsException {
    act("fsyncdir", node, () -> files.sync(node));
  }

  @Override
  public StatFs statfs(long node) {
    CountersItem used = parts.txgs().usage();
    Room room = parts.admission().room();
    long onDisk = freeBytes.getAsLong();
    long usedBlocks = Math.ceilDiv(used.bytes(), BLOCK_BYTES);
    long freeBlocks = Math.min(room.bytesFree(), onDisk) / BLOCK_BYTES;
    long freeInodes = Math.min(room.inodesFree(), Math.max(0, INODES - used.inodes()));
    return new StatFs(
        usedBlocks + freeBlocks,
        freeBlocks,
        Math.min(room.bytesAvailable(), onDisk) / BLOCK_BYTES,
        used.inodes() + freeInodes,
        freeInodes,
        BLOCK_BYTES,
        Names.BYTES_MAX);
  }

  @Override
  public void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags)
      throws FsException {
    boolean killSetgid = (flags & ACL_KILL_SETGID) != 0;
    act(
        "setxattr",
        node,
        () -> xattrs.set(node, name, value, flags & ~ACL_KILL_SETGID, killSetgid));
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return call("getxattr", node, () -> xattrs.get(node, name));
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return call("listxattr", node, () -> xattrs.list(node));
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    act("removexattr", node, () -> xattrs.remove(node, name));
  }

  @Override
  public void fallocate(long node, long handle, int mode, long offset, long length)
      throws FsException {
    act("fallocate", node, () -> files.fallocate(node, mode, offset, length));
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return call("lseek", node, () -> files.lseek(node, offset, whence));
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    return call(
        "copy_file_range",
        toNode,
        () -> files.copyRange(caller, fromNode, fromOffset, toNode, toOffset, length));
  }

  @Override
  public void destroy() {
    try {
      parts.txgs().commit();
    } catch (IOException e) {
      parts.errnos().note("the last commit before unmounting", Keys.ROOT_INODE, e);
    }
  }
}
