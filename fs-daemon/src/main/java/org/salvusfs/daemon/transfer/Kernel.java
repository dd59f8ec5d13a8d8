package org.salvusfs.daemon.transfer;

/** Whoever caches what is in the project: to be told what changed. Thread-safe; may not be busy. */
public interface Kernel {
  /** A name in a directory appeared or stands for something else now. */
  void entryChanged(long directory, byte[] name);

  /** An inode's attributes or entries changed. */
  void inodeChanged(long inode);
}
