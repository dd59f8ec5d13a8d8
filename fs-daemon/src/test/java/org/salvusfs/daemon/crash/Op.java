package org.salvusfs.daemon.crash;

/** One operation of a load; files are known by a number, because their names change. */
sealed interface Op {
  /** Changes names. */
  sealed interface Namespace extends Op {}

  /** Changes the bytes of one file. */
  sealed interface Content extends Op {
    int file();
  }

  record Create(String name, int file) implements Namespace {}

  record Mkdir(String name) implements Namespace {}

  record Remove(String name) implements Namespace {}

  /** Also over an existing file, which then loses that name. */
  record Rename(String from, String to) implements Namespace {}

  record Link(String from, String to) implements Namespace {}

  record Symlink(String name, String target) implements Namespace {}

  record Write(int file, int offset, byte[] data) implements Content {}

  record Truncate(int file, int size) implements Content {}

  /** Makes the file and every namespace operation before it durable. */
  record Fsync(int file) implements Op {}

  /** Makes every namespace operation before it durable. */
  record FsyncDirectory() implements Op {}
}
