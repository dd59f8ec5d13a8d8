package org.salvusfs.daemon.crash;

import java.io.IOException;
import java.util.Map;

/** The directory that a load works in and a verifier looks at. */
interface Target {
  void create(String name) throws IOException;

  void mkdir(String name) throws IOException;

  void symlink(String name, String to) throws IOException;

  void link(String from, String to) throws IOException;

  void rename(String from, String to) throws IOException;

  /** Removes a file, a symlink or an empty directory. */
  void remove(String name, boolean directory) throws IOException;

  void write(String name, int offset, byte[] data) throws IOException;

  void truncate(String name, int size) throws IOException;

  void fsync(String name, boolean dataOnly) throws IOException;

  void fsyncDirectory() throws IOException;

  /** Name to inode number for files, to the target for symlinks, to "directory". */
  Map<String, Object> names() throws IOException;

  byte[] read(String name) throws IOException;
}
