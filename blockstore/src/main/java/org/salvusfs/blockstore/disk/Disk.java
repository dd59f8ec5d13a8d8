package org.salvusfs.blockstore.disk;

import java.io.IOException;
import java.util.List;

/**
 * One flat directory of files. Names hold no separator. Creating, renaming and deleting a file is
 * durable after {@link #syncDirectory()}. Thread-safe.
 */
public interface Disk {
  /** Names of all files, sorted. */
  List<String> list() throws IOException;

  /** Opens an existing file for reading and writing. */
  DiskFile open(String name) throws IOException;

  /** Creates a file that must not exist yet. */
  DiskFile create(String name) throws IOException;

  /** Renames, replacing the target. */
  void rename(String from, String to) throws IOException;

  /** Deletes the file if it exists. */
  void delete(String name) throws IOException;

  /** Returns after all creations, renames and deletions before the call are on stable storage. */
  void syncDirectory() throws IOException;
}
