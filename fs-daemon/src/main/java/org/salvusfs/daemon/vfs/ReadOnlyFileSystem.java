package org.salvusfs.daemon.vfs;

import java.nio.ByteBuffer;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.Opened;
import org.salvusfs.daemon.fs.SetAttr;

/** A filesystem that refuses every change with EROFS, and has nothing that could be lost. */
abstract class ReadOnlyFileSystem implements FileSystem {
  private static FsException readOnly() {
    return new FsException(Errno.EROFS);
  }

  @Override
  public Attr setattr(Caller caller, long node, SetAttr change) throws FsException {
    throw readOnly();
  }

  @Override
  public Attr mknod(Caller caller, long parent, byte[] name, int mode, int rdev)
      throws FsException {
    throw readOnly();
  }

  @Override
  public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
    throw readOnly();
  }

  @Override
  public Attr symlink(Caller caller, long parent, byte[] name, byte[] target) throws FsException {
    throw readOnly();
  }

  @Override
  public void unlink(Caller caller, long parent, byte[] name) throws FsException {
    throw readOnly();
  }

  @Override
  public void rmdir(Caller caller, long parent, byte[] name) throws FsException {
    throw readOnly();
  }

  @Override
  public void rename(
      Caller caller, long parent, byte[] name, long newParent, byte[] newName, int flags)
      throws FsException {
    throw readOnly();
  }

  @Override
  public Attr link(Caller caller, long node, long newParent, byte[] newName) throws FsException {
    throw readOnly();
  }

  @Override
  public Opened create(Caller caller, long parent, byte[] name, int mode, int flags)
      throws FsException {
    throw readOnly();
  }

  @Override
  public Opened tmpfile(Caller caller, long parent, int mode, int flags) throws FsException {
    throw readOnly();
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
    throw readOnly();
  }

  @Override
  public void setxattr(Caller caller, long node, byte[] name, byte[] value, int flags)
      throws FsException {
    throw readOnly();
  }

  @Override
  public void removexattr(Caller caller, long node, byte[] name) throws FsException {
    throw readOnly();
  }

  @Override
  public void fallocate(Caller caller, long node, long handle, int mode, long offset, long length)
      throws FsException {
    throw readOnly();
  }

  @Override
  public long copyFileRange(
      Caller caller, long fromNode, long fromOffset, long toNode, long toOffset, long length)
      throws FsException {
    throw readOnly();
  }

  @Override
  public void release(long node, long handle) {
    // An open file has no state.
  }

  @Override
  public void fsync(long node, boolean dataOnly) {
    // What is read-only was durable before it was shown.
  }

  @Override
  public void fsyncdir(long node) {
    // Likewise.
  }

  @Override
  public void destroy() {
    // Likewise.
  }
}
