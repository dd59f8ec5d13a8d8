package org.salvusfs.daemon.fuse.kernel;

import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;

/** Requests about open directories. */
final class DirectoryOperations {
  private final FileSystem fs;
  private final int openFlags;

  /**
   * @param cacheEntries whether the kernel may keep the entries of directories between opens
   */
  DirectoryOperations(FileSystem fs, boolean cacheEntries) {
    this.fs = fs;
    this.openFlags = cacheEntries ? Abi.FOPEN_CACHE_DIR | Abi.FOPEN_KEEP_CACHE : 0;
  }

  void opendir(Request in, Reply out) throws FsException {
    out.openedDirectory(fs.opendir(in.caller(), in.node()), openFlags);
  }

  /** fuse_read_in: fh, offset u64; size, read_flags u32; lock_owner u64; flags, padding u32. */
  void readdir(Request in, Reply out, boolean plus) throws FsException {
    var block = new DirectoryBlock(out, in.int32(16), plus);
    boolean complete = false;
    try {
      fs.readdir(in.node(), in.int64(0), in.int64(8), plus, block);
      complete = true;
    } finally {
      block.send();
      if (!complete) {
        Grants.takeBack(fs, in, out);
      }
    }
  }

  void releasedir(Request in) {
    fs.releasedir(in.node(), in.int64(0));
  }

  void fsyncdir(Request in) throws FsException {
    fs.fsyncdir(in.node());
  }
}
