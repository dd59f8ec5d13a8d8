package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/** Checks of entry names, which are raw bytes. */
final class Names {
  static final int BYTES_MAX = 255;

  /** In every directory of a live project, not listed: the directory's snapshots. */
  private static final byte[] SNAPSHOTS = ".snapshots".getBytes(US_ASCII);

  /**
   * In every {@code .snapshots}, while there is something to be said and no snapshot of the name.
   */
  static final String NOTICE = "NOTICE";

  private Names() {}

  /** For names that are looked up. */
  static void checkLength(byte[] name) throws FsException {
    if (name.length > BYTES_MAX) {
      throw new FsException(Errno.ENAMETOOLONG);
    }
  }

  /** For names that are to be made. */
  static void checkNew(byte[] name) throws FsException {
    if (isDot(name) || isDotDot(name) || isSnapshots(name)) {
      throw new FsException(Errno.EEXIST);
    }
    checkText(name);
  }

  /** For names that are to be removed. */
  static void checkOld(byte[] name) throws FsException {
    if (isDot(name) || isDotDot(name)) {
      throw new FsException(Errno.EINVAL);
    }
    checkText(name);
  }

  private static void checkText(byte[] name) throws FsException {
    checkLength(name);
    if (name.length == 0) {
      throw new FsException(Errno.ENOENT);
    }
    for (byte b : name) {
      if (b == '/' || b == 0) {
        throw new FsException(Errno.EINVAL);
      }
    }
  }

  static boolean isDot(byte[] name) {
    return name.length == 1 && name[0] == '.';
  }

  static boolean isSnapshots(byte[] name) {
    return Arrays.equals(name, SNAPSHOTS);
  }

  static boolean isNotice(byte[] name) {
    return Arrays.equals(name, NOTICE.getBytes(US_ASCII));
  }

  static boolean isDotDot(byte[] name) {
    return name.length == 2 && name[0] == '.' && name[1] == '.';
  }
}
