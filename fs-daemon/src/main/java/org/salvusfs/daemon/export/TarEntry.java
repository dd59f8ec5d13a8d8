package org.salvusfs.daemon.export;

import java.util.List;
import org.salvusfs.metadata.item.InodeItem;

/**
 * What an archive says of a name.
 *
 * @param path of the archive: {@code ./} and what is below the project's top; a directory's ends
 *     with a slash
 * @param inode its number in the project
 * @param target of a symlink; else empty
 * @param xattrs what was set on it besides
 */
record TarEntry(byte[] path, long inode, InodeItem item, byte[] target, List<Xattr> xattrs) {
  TarEntry {
    xattrs = List.copyOf(xattrs);
  }

  /** An extended attribute as Linux names it, an ACL among them. */
  record Xattr(byte[] name, byte[] value) {}

  int type() {
    return item.mode() & InodeItem.S_IFMT;
  }
}
