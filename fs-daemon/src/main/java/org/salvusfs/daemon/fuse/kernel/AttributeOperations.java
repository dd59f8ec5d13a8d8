package org.salvusfs.daemon.fuse.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.fuse.kernel.Abi.SetattrValid;

/** Requests about attributes, extended attributes and the whole filesystem. */
final class AttributeOperations {
  /** What Linux allows for one value and for one list of names. */
  private static final int XATTR_BYTES_MAX = 1 << 16;

  private static final byte[] TRUSTED = "trusted.".getBytes(US_ASCII);

  private final FileSystem fs;

  AttributeOperations(FileSystem fs) {
    this.fs = fs;
  }

  void getattr(Request in, Reply out) throws FsException {
    out.attributes(fs.getattr(in.node()));
  }

  void statx(Request in, Reply out) throws FsException {
    out.statx(fs.getattr(in.node()));
  }

  /**
   * fuse_setattr_in: valid, padding u32; fh, size, lock_owner, atime, mtime, ctime u64; atimensec,
   * mtimensec, ctimensec, mode, unused, uid, gid, unused u32. Where "now" is asked for, the kernel
   * has put its own present time into the field.
   */
  void setattr(Request in, Reply out) throws FsException {
    int valid = in.int32(0);
    long size = in.int64(16);
    if ((valid & SetattrValid.SIZE) != 0 && size < 0) {
      throw new FsException(Errno.EINVAL, "negative size");
    }
    var change =
        new SetAttr(
            int32If(valid & SetattrValid.MODE, in, 68),
            int32If(valid & SetattrValid.UID, in, 76),
            int32If(valid & SetattrValid.GID, in, 80),
            (valid & SetattrValid.SIZE) != 0 ? (Long) size : null,
            timeIf(valid & SetattrValid.ATIME, in, 32, 56),
            timeIf(valid & SetattrValid.MTIME, in, 40, 60),
            timeIf(valid & SetattrValid.CTIME, in, 48, 64),
            (valid & SetattrValid.KILL_SUIDGID) != 0);
    out.attributes(fs.setattr(in.caller(), in.node(), change));
  }

  void statfs(Request in, Reply out) throws FsException {
    out.statfs(fs.statfs(in.node()));
  }

  /**
   * fuse_setxattr_in: size, flags u32; with SETXATTR_EXT, which older kernels do not have,
   * setxattr_flags, padding u32; name; value. The two forms are told apart by the byte where the
   * shorter has the beginning of the name: no name of a namespace begins with a control character.
   */
  void setxattr(Request in) throws FsException {
    boolean isLong = in.payload(8, 1).get(0) < ' ';
    int nameAt = isLong ? 16 : 8;
    byte[] name = in.text(nameAt);
    int size = in.int32(0);
    if (size < 0 || size > XATTR_BYTES_MAX) {
      throw new FsException(Errno.E2BIG, size + " bytes");
    }
    ByteBuffer payload = in.payload(nameAt + name.length + 1, size);
    byte[] value = new byte[size];
    payload.get(value);
    int flags = in.int32(4) & ~FileSystem.ACL_KILL_SETGID;
    if (isLong && (in.int32(8) & Abi.SETXATTR_ACL_KILL_SGID) != 0) {
      flags |= FileSystem.ACL_KILL_SETGID;
    }
    fs.setxattr(in.caller(), in.node(), name, value, flags);
  }

  /** fuse_getxattr_in: size, padding u32; name. Size 0 asks for the length. */
  void getxattr(Request in, Reply out) throws FsException {
    answer(fs.getxattr(in.node(), in.text(8)), in.int32(0), out);
  }

  /** fuse_getxattr_in. */
  void listxattr(Request in, Reply out) throws FsException {
    byte[] names = fs.listxattr(in.node());
    answer(in.caller().uid() == 0 ? names : withoutTrusted(names), in.int32(0), out);
  }

  void removexattr(Request in) throws FsException {
    fs.removexattr(in.caller(), in.node(), in.text(0));
  }

  private static void answer(byte[] value, int room, Reply out) throws FsException {
    if (room == 0) {
      out.count(value.length);
    } else if (value.length > room || value.length > out.bodyBytesMax()) {
      throw new FsException(Errno.ERANGE, value.length + " bytes do not fit into " + room);
    } else {
      out.data(value);
    }
  }

  /** What others than root see of a list of names, each followed by a NUL. */
  private static byte[] withoutTrusted(byte[] names) {
    var visible = new ByteArrayOutputStream(names.length);
    int start = 0;
    for (int at = 0; at < names.length; at++) {
      if (names[at] == 0) {
        if (!Arrays.equals(TRUSTED, Arrays.copyOfRange(names, start, start + TRUSTED.length))) {
          visible.write(names, start, at + 1 - start);
        }
        start = at + 1;
      }
    }
    return visible.toByteArray();
  }

  private static @Nullable Integer int32If(int condition, Request in, int at) {
    return condition != 0 ? (Integer) in.int32(at) : null;
  }

  private static @Nullable Long timeIf(int condition, Request in, int secondsAt, int nanosAt) {
    return condition != 0 ? (Long) Attributes.nanos(in.int64(secondsAt), in.int32(nanosAt)) : null;
  }
}
