package org.salvusfs.daemon.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.posix.LocalFiles;
import org.salvusfs.daemon.posix.LocalStat;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Makes single entries of the project what entries of the source are. Thread-safe; two threads do
 * not work on the same name.
 *
 * <p>Acts as nobody in particular, so that what an import adds does not take the room that is set
 * aside for root. Every lookup that an operation counts is given back.
 */
final class Replica {
  private static final Caller NOBODY = Caller.WRITEBACK;

  /** Until owner and mode are set, in the same breath. */
  private static final int MODE_AT_FIRST = 0700;

  private final FileSystem project;
  private final ProjectFileSystem.Changes changes;
  private final Tally tally;
  private final Dressing dressing;
  private final FileCopy copy;
  private final String temporaryPrefix;
  private final AtomicLong lastTemporary = new AtomicLong();

  /**
   * @param unique in no other import's names: what one that was cut off left is in nobody's way
   */
  Replica(FileSystem project, ProjectFileSystem.Changes changes, Tally tally, String unique) {
    this.temporaryPrefix = ".salvus-import-" + unique + "-";
    this.project = project;
    this.changes = changes;
    this.tally = tally;
    this.dressing = new Dressing(project);
    this.copy = new FileCopy(project, NOBODY, tally);
  }

  /** What is under a name, without a lookup being counted on return; null if nothing is. */
  private @Nullable Attr find(long parent, byte[] name) throws FsException {
    try {
      Attr found = project.lookup(NOBODY, parent, name);
      project.forget(found.node(), 1);
      return found;
    } catch (FsException e) {
      if (e.errno() == Errno.ENOENT) {
        return null;
      }
      throw e;
    }
  }

  /** A directory of that name, made if there is none; its node. */
  long directory(long parent, byte[] name, LocalStat stat) throws FsException {
    Attr there = find(parent, name);
    if (there == null) {
      Attr made = project.mkdir(NOBODY, parent, name, MODE_AT_FIRST);
      try {
        dressing.ownerAndMode(made.node(), made.item(), stat);
      } finally {
        project.forget(made.node(), 1);
      }
      changed(parent, name);
      return made.node();
    }
    if (!there.item().isDirectory()) {
      throw new FsException(
          Errno.ENOTDIR, "in the project this is no directory; remove it there first");
    }
    return there.node();
  }

  /** The last changes of a directory, and of the entry that it is. */
  void finish(long node, byte[] path, LocalStat stat) throws IOException, FsException {
    boolean changed = dressing.all(node, path, stat);
    changes.inode(node);
    tally.entry(!changed);
  }

  /** Anything but a directory; its node. */
  long entry(long parent, byte[] name, byte[] path, LocalStat stat)
      throws IOException, FsException {
    Attr there = find(parent, name);
    if (there == null) {
      return add(parent, name, path, stat);
    }
    if (there.item().isDirectory()) {
      throw new FsException(
          Errno.EISDIR, "in the project this is a directory; remove it there first");
    }
    if (!isSame(there, path, stat)) {
      return replace(parent, name, path, stat);
    }
    if (dressing.all(there.node(), path, stat)) {
      changes.inode(there.node());
    }
    tally.skipped(stat.isRegular() ? stat.sizeBytes() : 0);
    tally.entry(true);
    return there.node();
  }

  /** Whether contents need not be copied again. */
  private boolean isSame(Attr there, byte[] path, LocalStat stat) throws IOException, FsException {
    InodeItem item = there.item();
    if ((item.mode() & InodeItem.S_IFMT) != stat.type()) {
      return false;
    }
    if (stat.isRegular()) {
      return item.sizeBytes() == stat.sizeBytes() && item.mtimeNanos() == stat.mtimeNanos();
    }
    return stat.isSymlink()
        ? Arrays.equals(project.readlink(there.node()), LocalFiles.readlink(path))
        : item.rdev() == stat.rdev();
  }

  private long add(long parent, byte[] name, byte[] path, LocalStat stat)
      throws IOException, FsException {
    if (!stat.isRegular()) {
      return make(parent, name, path, stat);
    }
    Opened made = project.tmpfile(NOBODY, parent, MODE_AT_FIRST, 0);
    long node = made.attr().node();
    try {
      copy.contents(made, path, stat);
      dressing.all(node, path, stat);
      name(node, parent, name);
    } finally {
      project.release(node, made.handle());
      project.forget(node, 1);
    }
    tally.entry(false);
    return node;
  }

  private long replace(long parent, byte[] name, byte[] path, LocalStat stat)
      throws IOException, FsException {
    byte[] temporary = temporaryName();
    long node = add(parent, temporary, path, stat);
    project.rename(NOBODY, parent, temporary, parent, name, 0);
    changed(parent, name);
    return node;
  }

  /** Makes a symbolic link, a device node, a fifo or a socket. */
  private long make(long parent, byte[] name, byte[] path, LocalStat stat)
      throws IOException, FsException {
    Attr made =
        stat.isSymlink()
            ? project.symlink(NOBODY, parent, name, LocalFiles.readlink(path))
            : project.mknod(NOBODY, parent, name, stat.type() | MODE_AT_FIRST, stat.rdev());
    try {
      dressing.all(made.node(), path, stat);
    } finally {
      project.forget(made.node(), 1);
    }
    changed(parent, name);
    tally.entry(false);
    return made.node();
  }

  /** Gives a file that was imported one more name, whatever has it now. */
  void link(long node, long parent, byte[] name) throws FsException {
    Attr there = find(parent, name);
    if (there == null) {
      name(node, parent, name);
    } else if (there.node() != node) {
      byte[] temporary = temporaryName();
      name(node, parent, temporary);
      project.rename(NOBODY, parent, temporary, parent, name, 0);
      changed(parent, name);
    }
    tally.entry(there != null && there.node() == node);
  }

  private void name(long node, long parent, byte[] name) throws FsException {
    project.link(NOBODY, node, parent, name);
    project.forget(node, 1);
    changes.inode(node);
    changed(parent, name);
  }

  private void changed(long parent, byte[] name) {
    changes.name(parent, name);
  }

  private byte[] temporaryName() {
    return (temporaryPrefix + lastTemporary.incrementAndGet()).getBytes(StandardCharsets.US_ASCII);
  }
}
