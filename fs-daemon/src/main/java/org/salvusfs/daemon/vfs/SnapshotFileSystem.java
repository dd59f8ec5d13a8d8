package org.salvusfs.daemon.vfs;

import java.nio.ByteBuffer;
import java.util.List;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * A directory with all below it as of a snapshot, read-only; its nodes are the project's inode
 * numbers of then. Reading is that of the live project, on other items; nothing is noted.
 */
final class SnapshotFileSystem extends ReadOnlyFileSystem {

  private final ReadParts parts;
  private final Calls calls;
  private final Reads reads;
  private final Directories directories;
  private final ProjectFileSystem project;
  private final long top;

  /**
   * @param project as it is now, for what is said of it as a whole
   * @param top the directory that is shown; it exists in the snapshot
   * @param known what the kernel uses of it
   */
  SnapshotFileSystem(ProjectFileSystem project, Snapshot snapshot, long top, ProjectState known) {
    View view = project.snapshots().view(snapshot);
    this.project = project;
    this.top = top;
    this.parts =
        new ReadParts(
            new Items(view),
            project.snapshots().contents(view),
            new InodeLocks(),
            LookupCounts.of(known.lookups()),
            project.errnos(),
            Nodes.inoBase(project.id(), snapshot.created().toEpochMilli()));
    this.calls = new Calls(parts.errnos());
    this.reads = new Reads(parts, Accesses.UNNOTED);
    this.directories = new Directories(parts, Accesses.UNNOTED, known);
  }

  /** What reads it. */
  ReadParts parts() {
    return parts;
  }

  /** What the kernel uses of it; while there is no operation. */
  ProjectState state() {
    return new ProjectState(
        project.id(), parts.lookups().pairs(), directories.lastHandle(), directories.open());
  }

  /** Whether the kernel knows nothing of it. */
  boolean isUnused() {
    return parts.lookups().size() == 0;
  }

  /** The inodes that the kernel knows. */
  List<Long> inUse() {
    return parts.lookups().inodes();
  }

  /** Counts a lookup of the shown directory. */
  void entered() {
    parts.lookups().add(top, 1);
  }

  /** The shown directory; ENOENT if the snapshot has none with its inode. */
  Attr topAttr() throws FsException {
    return calls.call(
        "lookup in a snapshot",
        top,
        () -> {
          byte[] value = parts.items().view().get(Keys.inode(top));
          InodeItem item = value == null ? null : InodeItem.decode(value);
          if (item == null || !item.isDirectory() || item.nlink() == 0) {
            throw new FsException(Errno.ENOENT);
          }
          return parts.attr(top, item);
        });
  }

  @Override
  public Attr lookup(Caller caller, long parent, byte[] name) throws FsException {
    return calls.call("lookup in a snapshot", parent, () -> reads.lookup(parent, name));
  }

  @Override
  public void forget(long node, long lookups) {
    parts.lookups().subtract(node, lookups);
  }

  @Override
  public Attr getattr(long node) throws FsException {
    return calls.call("getattr in a snapshot", node, () -> reads.attr(node));
  }

  @Override
  public byte[] readlink(long node) throws FsException {
    return calls.call("readlink in a snapshot", node, () -> reads.readlink(node));
  }

  @Override
  public long open(Caller caller, long node, int flags) throws FsException {
    if ((flags & (Linux.O_ACCMODE | Linux.O_TRUNC)) != 0) {
      throw new FsException(Errno.EROFS);
    }
    calls.act("open in a snapshot", node, () -> reads.open(node, flags));
    return UNOPENED;
  }

  @Override
  public int read(long node, long handle, long offset, ByteBuffer into, int flags)
      throws FsException {
    return calls.call("read in a snapshot", node, () -> reads.read(node, offset, into, false));
  }

  @Override
  public long lseek(long node, long handle, long offset, int whence) throws FsException {
    return calls.call("lseek in a snapshot", node, () -> reads.lseek(node, offset, whence));
  }

  @Override
  public long opendir(Caller caller, long node) throws FsException {
    return calls.call("opendir in a snapshot", node, () -> directories.open(node));
  }

  @Override
  public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
      throws FsException {
    calls.act(
        "readdir in a snapshot", node, () -> directories.read(node, handle, cookie, plus, sink));
  }

  @Override
  public void releasedir(long node, long handle) {
    directories.release(handle);
  }

  @Override
  public StatFs statfs(long node) {
    return project.statfs(Keys.ROOT_INODE);
  }

  @Override
  public byte[] getxattr(long node, byte[] name) throws FsException {
    return calls.call("getxattr in a snapshot", node, () -> reads.xattr(node, name));
  }

  @Override
  public byte[] listxattr(long node) throws FsException {
    return calls.call("listxattr in a snapshot", node, () -> reads.xattrNames(node));
  }
}
