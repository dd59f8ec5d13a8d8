package org.salvusfs.daemon.fuse.kernel;

import org.salvusfs.daemon.fs.FileSystem;

/**
 * Takes back what a reply that never reached the kernel would have granted: it will send no FORGET
 * and no RELEASE for it.
 */
final class Grants {
  private Grants() {}

  static void takeBack(FileSystem fs, Request in, Reply out) {
    switch (out.grant()) {
      case NOTHING -> {}
      case ENTRY -> fs.forget(out.int64(0), 1);
      case FILE -> fs.release(in.node(), out.int64(0));
      case DIRECTORY -> fs.releasedir(in.node(), out.int64(0));
      case CREATED -> {
        fs.release(out.int64(0), out.int64(Abi.ENTRY_OUT_BYTES));
        fs.forget(out.int64(0), 1);
      }
      case ENTRIES -> forgetEntries(fs, out);
    }
  }

  private static void forgetEntries(FileSystem fs, Reply out) {
    int bodyBytes = out.length() - Abi.OUT_HEADER_BYTES;
    int at = 0;
    while (at < bodyBytes) {
      long node = out.int64(at);
      if (node != 0) {
        fs.forget(node, 1);
      }
      int nameBytes = out.int32(at + Abi.ENTRY_OUT_BYTES + 16);
      at = Abi.aligned(at + Abi.ENTRY_OUT_BYTES + Abi.DIRENT_BYTES + nameBytes);
    }
  }
}
