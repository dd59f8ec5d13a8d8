package org.salvusfs.daemon.vfs;

import org.salvusfs.daemon.fs.FsException;

/** ACLs as people and archives write them: {@code user:1000:rw-} and the like, a line each. */
public final class AclText {
  private AclText() {}

  /**
   * The text of an ACL, in numbers.
   *
   * @param value of the extended attribute
   * @throws FsException if that is no ACL
   * @see "POSIX.1e draft 17, 23.3: Long Text Form for ACLs"
   */
  public static String of(byte[] value) throws FsException {
    var lines = new StringBuilder();
    for (Acl.Entry entry : Acl.decode(value).entries()) {
      lines.append(entry.text()).append('\n');
    }
    return lines.toString();
  }
}
