package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
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
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LinkItem;
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

  /**
   * What is particular to a project.
   *
   * @param admission decides about growth
   * @param freeBytes how much still fits into the store
   * @param wallClock nanoseconds since 1970
   * @param nanoClock monotonic
   * @param snapshots what the mount shows of them
   * @param unasked hears of inodes whose attributes changed by a request whose answer does not tell
   *     the kernel so; called by workers, under the inode's lock
   */
  public record Setup(
      ProjectId project,
      Admission admission,
      LongSupplier freeBytes,
      LongSupplier wallClock,
      LongSupplier nanoClock,
      SnapshotSource snapshots,
      LongConsumer unasked) {}

  private final ProjectId project;
  private final SnapshotSource snapshots;
  private final Parts parts;
  private final LongSupplier freeBytes;
  private final Orphans orphans;
  private final Calls calls;
  private final Reads reads;
  private final Namespace namespace;
  private final Renames renames;
  private final Attributes attributes;
  private final FileOps files;
  private final Directories directories;
  private final Xattrs xattrs;
  private final Restores restores;
  private final Links links;
  private final LongAdder requests = new LongAdder();

  private ProjectFileSystem(
      Transactions txgs, FileContents contents, Setup setup, ProjectState known) {
    this.project = setup.project();
    this.snapshots = setup.snapshots();
    this.parts =
        new Parts(
            new ReadParts(
                new Items(txgs.view()),
                contents,
                new InodeLocks(),
                LookupCounts.of(known.lookups()),
                new Errnos("project " + setup.project(), setup.nanoClock()),
                Nodes.inoBase(setup.project())),
            txgs,
            setup.admission(),
            setup.wallClock());
    this.freeBytes = setup.freeBytes();
    var accessTimes = new AccessTimes(parts);
    var privileges = new Privileges(parts, setup.unasked());
    var acls = new Acls(parts.items());
    this.calls = new Calls(parts.errnos());
    this.reads = new Reads(parts.reads(), accessTimes);
    this.orphans = new Orphans(parts);
    this.namespace = new Namespace(parts, orphans, acls);
    this.renames = new Renames(parts, namespace, orphans);
    this.attributes = new Attributes(parts, privileges, acls);
    this.files = new FileOps(parts, freeBytes, attributes, privileges);
    this.directories = new Directories(parts.reads(), accessTimes, known);
    this.xattrs = new Xattrs(parts);
    this.restores = new Restores(parts, namespace, renames, files, attributes, orphans);
    this.links = new Links(parts, namespace, orphans);
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

  /** The mount was asked for something in this project. */
  void requested() {
    requests.increment();
  }

  /** How often it was, since the opening. */
  public long requests() {
    return requests.sum();
  }

  ProjectId id() {
    return project;
  }

  /** Its snapshots, as the mount sees them. */
  public SnapshotSource snapshots() {
    return snapshots;
  }

  Errnos errnos() {
    return parts.errnos();
  }

  /** What users see as the number of an inode. */
  long ino(long inode) {
    return parts.reads().ino(inode);
  }

  /** Changes a project as a whole. */
  @FunctionalInterface
  public interface Replacement<T> {
    T run() throws IOException;
  }

  /**
   * Has the project become something else, at a moment at which no operation is under way.
   * Operations wait meanwhile; those on inodes that exist no more then find them stale. The caller
   * tells the kernel afterwards.
   */
  public <T> T replace(Replacement<T> replacement) throws IOException, InterruptedException {
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      T replaced = replacement.run();
      orphans.renew();
      return replaced;
    }
  }

  /** Hears what has changed without the kernel. */
  public interface Changes {
    /** Nobody hears it. */
    Changes UNHEARD =
        new Changes() {
          @Override
          public void name(long directory, byte[] name) {}

          @Override
          public void inode(long inode) {}
        };

    /** A name means something else, or nothing, or was not there before. */
    void name(long directory, byte[] name);

    /** Attributes, or a directory's entries, are others. */
    void inode(long inode);
  }

  /**
   * Brings a file, or a directory with all below it, back from a snapshot, in place of what has its
   * name now. Committed on return.
   *
   * @param path in the snapshot, at least one name
   * @param to where it shall be, at least one name, in a directory that exists
   * @param hiddenName a free name in that directory
   * @param keep makes a snapshot of what is there until now, while no operation is under way
   * @param changes hears what to tell the kernel, on this thread
   * @return what {@code keep} returned
   * @throws FsException in words, if there is no such file or directory, or no room; nothing is
   *     changed then
   */
  public <T> T restore(
      Snapshot snapshot,
      List<byte[]> path,
      List<byte[]> to,
      byte[] hiddenName,
      Replacement<T> keep,
      Changes changes)
      throws IOException, FsException, InterruptedException {
    var past =
        new SnapshotFileSystem(this, snapshot, Keys.ROOT_INODE, ProjectState.unknown(project));
    return restores.restore(past.parts(), path, to, hiddenName, keep, changes);
  }

  /**
   * What a copy consists of.
   *
   * @param entries names in it, its own too
   * @param bytes of contents, holes left out
   */
  public record Copied(long entries, long bytes) {}

  /**
   * Copies a file, or a directory with all below it, from a commit of this project or another,
   * sharing its chunks. Owners, modes, times, attributes, holes, and links within the copy are
   * those of the source. It grows under a hidden name and appears whole. Committed on return.
   *
   * @param to where it shall be, at least one name, in a directory that exists
   * @param replaces whether what has that name already is removed
   * @param hiddenName a free name in that directory
   * @param progress hears, without a lock, how many entries are copied; what it throws ends the
   *     copy
   * @param changes hears what to tell the kernel, on this thread
   * @throws FsException in words, if there is no such file or directory (ENOENT) or the name is
   *     taken (EEXIST); EDQUOT if there is no room; nothing is left of the copy then
   */
  public Copied copy(
      StoredTree source,
      List<byte[]> to,
      boolean replaces,
      byte[] hiddenName,
      LongConsumer progress,
      Changes changes)
      throws IOException, FsException, InterruptedException {
    return restores.copy(
        source.parts(), source.path(), to, replaces, hiddenName, progress, changes);
  }

  /**
   * A link in this project.
   *
   * @param path of the directory that is the link, from the project's top
   */
  public record Link(String path, LinkItem shows) {}

  /**
   * Makes a directory that shows one of another project, read-only. Committed on return.
   *
   * @param to where it shall be, at least one name, in a directory that exists
   * @param changes hears what to tell the kernel, on this thread
   * @throws FsException in words, if the name is taken (EEXIST) or there is no such directory
   *     (ENOENT); EDQUOT if there is no room for a directory
   */
  public void link(List<byte[]> to, LinkItem shows, Changes changes)
      throws IOException, FsException, InterruptedException {
    links.make(to, shows, changes);
  }

  /**
   * Removes a link. Committed on return.
   *
   * @param path of it, at least one name
   * @param changes hears what to tell the kernel of the name, on this thread
   * @return the directory that it was
   * @throws FsException in words, ENOENT if there is nothing, EINVAL if it is no link
   */
  public long unlink(List<byte[]> path, Changes changes)
      throws IOException, FsException, InterruptedException {
    return links.remove(path, changes);
  }

  /** All links in this project. Operations wait meanwhile. */
  public List<Link> links() throws IOException, InterruptedException {
    return links.list();
  }

  /**
   * What one of its links shows.
   *
   * @param at the directory that is the link
   * @throws FsException ESTALE if it is none
   */
  LinkedFileSystem linked(long at, LinkSource source, @Nullable BlockId told, ProjectState known)
      throws FsException {
    return calls.call(
        "following a link",
        at,
        () -> {
          LinkItem shows = links.at(at);
          if (shows == null) {
            throw new FsException(Errno.ESTALE);
          }
          return new LinkedFileSystem(this, at, shows, source, told, known);
        });
  }

  /**
   * Ends the project while operations come: waits for those that are under way, and has all others
   * find it stale.
   */
  void end() throws InterruptedException {
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      parts.locks().end();
    }
  }

  /** The inodes that the kernel knows. */
  List<Long> inUse() {
    return parts.lookups().inodes();
  }

  /** Whether the kernel knows an inode. */
  boolean isInUse(long inode) {
    return inode == Keys.ROOT_INODE || parts.lookups().isInUse(inode);
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

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    return calls.call("lookup", parent, () -> reads.lookup(parent, name));
  }

  @Override
  public void forget(long node, long lookups) {
    if (parts.lookups().subtract(node, lookups)) {
      orphans.forgotten(node);
    }
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return calls.call("getattr", node, () -> reads.attr(node));
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    return calls.call("setattr", node, () -> attributes.set(caller, node, change));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return calls.call("readlink", node, () -> reads.readlink(node));
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
    return growing(
        "mknod",
        parent,
        () -> namespace.make(caller, parent, name, mode, isDevice ? rdev : 0, null));
  }

  /**
   * Runs an operation that a limit may refuse. What the same program removed just before counts
   * until the kernel has forgotten it, so before it is refused that is waited for.
   */
  private <T> T growing(String name, long node, Calls.Operation<T> operation) throws FsException {
    return calls.call(
        name,
        node,
        () -> {
          while (true) {
            long reaped = orphans.reaped();
            try {
              return operation.run();
            } catch (FsException e) {
              if (e.errno() != Errno.EDQUOT || !orphans.awaitReaped(reaped)) {
                throw e;
              }
            }
          }
        });
  }

  @Override
  public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
    int typed = InodeItem.S_IFDIR | (mode & Linux.MODE_BITS);
    return growing("mkdir", parent, () -> namespace.make(caller, parent, name, typed, 0, null));
  }

  @Override
  public Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException {
    return growing("symlink", parent, () -> namespace.symlink(caller, parent, name, target));
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name) throws FsException {
    calls.act("unlink", parent, () -> namespace.unlink(parent, name));
  }

  @Override
  public void rmdir(Caller caller, long parent, byte[] name) throws FsException {
    calls.act("rmdir", parent, () -> namespace.rmdir(parent, name));
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException {
    calls.act(
        "rename", parent, () -> renames.rename(caller, parent, name, newParent, newName, flags));
  }

  @Override
  public Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException {
    return calls.call("link", node, () -> namespace.link(node, newParent, newName));
  }

  @Override
  public Opened create(Caller caller, long parent, byte[] name, int mode, int flags)
      throws FsException {
    int typed = InodeItem.S_IFREG | (mode & Linux.MODE_BITS);
    return growing(
        "create",
        parent,
        () -> {
          while (true) {
            try {
              Attr made = namespace.make(caller, parent, name, typed, 0, null);
              return new Opened(made, UNOPENED);
            } catch (FsException e) {
              if (e.errno() != Errno.EEXIST || (flags & Linux.O_EXCL) != 0) {
                throw e;
              }
            }
            Opened opened = openExisting(caller, parent, name, flags);
            if (opened != null) {
              return opened;
            }
            if (Names.isSnapshots(name)) {
              throw new FsException(Errno.EISDIR);
            }
          }
        });
  }

  @Override
  public Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException {
    int typed = InodeItem.S_IFREG | (mode & Linux.MODE_BITS);
    Attr made = growing("tmpfile", parent, () -> namespace.makeUnnamed(caller, parent, typed));
    return new Opened(made, UNOPENED);
  }

  /** Null if the entry has gone meanwhile. */
  private @Nullable Opened openExisting(Caller caller, long parent, byte[] name, int flags)
      throws IOException, FsException, InterruptedException {
    Attr found;
    try {
      found = reads.lookup(parent, name);
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
      openOrTruncate(caller, found.node(), flags);
      isOpen = true;
      return new Opened(reads.attr(found.node()), UNOPENED);
    } finally {
      if (!isOpen) {
        forget(found.node(), 1);
      }
    }
  }

  /** Open files have no state but their inode, whether they were opened here or not. */
  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    calls.act("open", node, () -> openOrTruncate(caller, node, flags));
    return UNOPENED;
  }

  private void openOrTruncate(Caller caller, long node, int flags)
      throws IOException, FsException, InterruptedException {
    if ((flags & Linux.O_TRUNC) != 0) {
      files.truncate(caller, node, flags);
    } else {
      reads.open(node, flags);
    }
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    boolean notesAccess = (flags & Linux.O_NOATIME) == 0;
    return calls.call("read", node, () -> reads.read(node, offset, into, notesAccess));
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
    return growing(
        "write", node, () -> files.write(caller, node, offset, from, flags, killSuidgid));
  }

  @Override
  public void release(long node, long handle) {
    // The inode lives as long as the kernel has not forgotten it.
  }

  @Override
  public void fsync(long node, boolean dataOnly) throws FsException {
    calls.act("fsync", node, () -> files.sync(node));
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return calls.call("opendir", node, () -> directories.open(node));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    calls.act("readdir", node, () -> directories.read(node, handle, cookie, plus, sink));
  }

  @Override
  public void releasedir(long node, long handle) {
    directories.release(handle);
  }

  @Override
  public void fsyncdir(long node) throws FsException {
    calls.act("fsyncdir", node, () -> files.sync(node));
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
    calls.act(
        "setxattr",
        node,
        () -> xattrs.set(node, name, value, flags & ~ACL_KILL_SETGID, killSetgid));
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return calls.call("getxattr", node, () -> reads.xattr(node, name));
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return calls.call("listxattr", node, () -> reads.xattrNames(node));
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    calls.act("removexattr", node, () -> xattrs.remove(node, name));
  }

  @Override
  public void fallocate(Caller caller, long node, long handle, int mode, long offset, long length)
      throws FsException {
    this.<Boolean>growing(
        "fallocate",
        node,
        () -> {
          files.fallocate(caller, node, mode, offset, length);
          return true;
        });
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return calls.call("lseek", node, () -> reads.lseek(node, offset, whence));
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    return growing(
        "copy_file_range",
        toNode,
        () -> files.copyRange(caller, fromNode, fromOffset, toNode, toOffset, length));
  }

  /** Copies by sharing chunks from a file of this project as of a snapshot. */
  long copyFileRangeFrom(
      Caller caller,
      ReadParts past,
      long from,
      long fromOffset,
      long to,
      long toOffset,
      long length)
      throws FsException {
    return growing(
        "copy_file_range",
        to,
        () -> files.copyRangeFrom(caller, past, from, fromOffset, to, toOffset, length));
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
