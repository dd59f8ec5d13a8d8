package org.salvusfs.daemon.fuse.kernel;

import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;

/** Requests that look up, create, rename and remove names. */
final class NamespaceOperations {
  private final FileSystem fs;
  private final boolean rememberAbsence;

  NamespaceOperations(FileSystem fs, Lifetimes lifetimes) {
    this.fs = fs;
    this.rememberAbsence = lifetimes.absence().isPositive();
  }

  /** What is not there is remembered, except where others than the kernel put names. */
  void lookup(Request in, Reply out) throws FsException {
    Attr found;
    try {
      found = fs.lookup(in.caller(), in.node(), in.name(0));
    } catch (FsException e) {
      if (e.errno() == Errno.ENOENT && rememberAbsence && !fs.namesAppear(in.node())) {
        out.absent();
        return;
      }
      throw e;
    }
    out.entry(found);
  }

  /** fuse_mknod_in: mode, rdev, umask, padding u32; name. */
  void mknod(Request in, Reply out) throws FsException {
    out.entry(fs.mknod(in.caller(in.int32(8)), in.node(), in.name(16), in.int32(0), in.int32(4)));
  }

  /** fuse_mkdir_in: mode, umask u32; name. */
  void mkdir(Request in, Reply out) throws FsException {
    out.entry(fs.mkdir(in.caller(in.int32(4)), in.node(), in.name(8), in.int32(0)));
  }

  /** Two texts: the name, the target. */
  void symlink(Request in, Reply out) throws FsException {
    byte[] name = in.name(0);
    out.entry(fs.symlink(in.caller(), in.node(), name, in.text(name.length + 1)));
  }

  void readlink(Request in, Reply out) throws FsException {
    out.data(fs.readlink(in.node()));
  }

  /** fuse_link_in: oldnodeid u64; the new name. The header's node is the new parent. */
  void link(Request in, Reply out) throws FsException {
    out.entry(fs.link(in.caller(), in.int64(0), in.node(), in.name(8)));
  }

  void unlink(Request in) throws FsException {
    fs.unlink(in.caller(), in.node(), in.name(0));
  }

  void rmdir(Request in) throws FsException {
    fs.rmdir(in.caller(), in.node(), in.name(0));
  }

  /** fuse_rename_in: newdir u64; the old name, the new name. */
  void rename(Request in) throws FsException {
    rename(in, 8, 0);
  }

  /** fuse_rename2_in: newdir u64, flags, padding u32; the old name, the new name. */
  void rename2(Request in) throws FsException {
    rename(in, 16, in.int32(8));
  }

  private void rename(Request in, int namesAt, int flags) throws FsException {
    byte[] name = in.name(namesAt);
    byte[] newName = in.name(namesAt + name.length + 1);
    fs.rename(in.caller(), in.node(), name, in.int64(0), newName, flags);
  }

  void forget(Request in) {
    fs.forget(in.node(), in.int64(0));
  }

  /** fuse_batch_forget_in: count, dummy u32; then node, lookups u64 each. */
  void batchForget(Request in) throws FsException {
    int count = in.int32(0);
    if (count < 0 || count > (in.bodyBytes() - 8) / 16) {
      throw new FsException(Errno.EINVAL, count + " forgets reach past the request");
    }
    for (int at = 8; at < 8 + count * 16; at += 16) {
      fs.forget(in.int64(at), in.int64(at + 8));
    }
  }
}
