package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.Keys;

/**
 * Looks names up in the trees of a mount, and where they lead from one to another: from a directory
 * to its {@code .snapshots}, from there to the directory as of a snapshot, from a link to what it
 * shows, and back up. A directory that has an entry of its own with the name {@code .snapshots}
 * shows that instead.
 */
final class Crossings {
  private static final byte[] DOT = {'.'};
  private static final byte[] DOT_DOT = {'.', '.'};

  private final MountedTrees mounted;

  Crossings(MountedTrees mounted) {
    this.mounted = mounted;
  }

  /** Looks a name up below the top directory, whose own entry is no {@code ..} of a project. */
  Attr lookup(Caller caller, MountedTree tree, long parent, byte[] name) throws FsException {
    return switch (tree) {
      case MountedTree.Live live ->
          Nodes.isSnapshots(parent)
              ? inSnapshots(caller, live, Nodes.directoryOf(parent), name)
              : inProject(caller, live, parent, name);
      case MountedTree.Past past ->
          parent == past.top() && Names.isDotDot(name)
              ? outward(past.project(), past.project().snapshots().lookedUp(parent))
              : outward(past, past.fileSystem().lookup(caller, parent, name));
      case MountedTree.Linked linked ->
          parent == LinkedView.TOP && Names.isDotDot(name)
              ? outward(linked.project(), above(caller, linked))
              : outward(linked, linked.fileSystem().lookup(caller, parent, name));
    };
  }

  private static Attr above(Caller caller, MountedTree.Linked linked) throws FsException {
    return linked.home().lookup(caller, linked.fileSystem().at(), DOT_DOT);
  }

  private Attr inProject(Caller caller, MountedTree.Live live, long parent, byte[] name)
      throws FsException {
    try {
      Attr found = live.fileSystem().lookup(caller, parent, name);
      if (!found.item().isLink()) {
        return outward(live, found);
      }
      live.fileSystem().forget(found.node(), 1); // the kernel never sees it
      return mounted.enter(live, found.node());
    } catch (FsException e) {
      if (e.errno() != Errno.ENOENT || !Names.isSnapshots(name)) {
        throw e;
      }
      return outward(live, live.snapshots().lookedUp(parent));
    }
  }

  private Attr inSnapshots(Caller caller, MountedTree.Live live, long directory, byte[] name)
      throws FsException {
    if (Names.isDot(name)) {
      return outward(live, live.snapshots().lookedUp(directory));
    }
    if (Names.isDotDot(name)) {
      return outward(live, live.fileSystem().lookup(caller, directory, DOT));
    }
    if (live.snapshots().hasNotice(name)) {
      return outward(live, live.snapshots().lookedUpNotice(directory));
    }
    return mounted.enter(live, live.snapshots().find(name), directory);
  }

  private static Attr outward(MountedTree tree, Attr attr) {
    return Nodes.attr(tree.ordinal(), attr);
  }

  /**
   * What users see as the inode number of {@code ..} where that is in another tree; elsewhere 0.
   */
  static long inoAbove(MountedTree tree, long inode) throws FsException {
    return switch (tree) {
      case MountedTree.Live live -> leadsOut(live, inode) ? FileSystem.ROOT : 0;
      case MountedTree.Past past ->
          inode == past.top() ? past.project().fileSystem().ino(Nodes.snapshotsOf(inode)) : 0;
      case MountedTree.Linked linked -> inode == LinkedView.TOP ? linked.inoAbove() : 0;
    };
  }

  /** Whether {@code ..} of a node leads to the mount's top directory. */
  static boolean leadsOut(MountedTree tree, long inode) {
    return tree instanceof MountedTree.Live && inode == Keys.ROOT_INODE;
  }
}
