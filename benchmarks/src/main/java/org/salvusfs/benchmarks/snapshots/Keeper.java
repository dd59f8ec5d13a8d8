package org.salvusfs.benchmarks.snapshots;

import java.io.IOException;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;

/** Something that keeps versions of trees. Trees are told apart by their names. */
interface Keeper {
  /** Its name in tables. */
  String label();

  /** Makes the empty store. */
  void open() throws IOException, InterruptedException, DaemonException;

  /** What comes before a version is kept and is not part of keeping it. */
  void prepare(Path tree) throws IOException, InterruptedException, DaemonException;

  /** Keeps the tree as it is. When this returns, the version is on the disk. */
  void save(Path tree, String version) throws IOException, InterruptedException, DaemonException;

  /** What the store takes on the disk, in bytes. */
  long storedBytes() throws IOException, InterruptedException;

  /** Brings a version of a tree into a directory that is there and empty. */
  void restore(Path tree, String version, Path target)
      throws IOException, InterruptedException, DaemonException;

  /** Ends whatever was started. */
  void close() throws IOException, InterruptedException;
}
