package org.salvusfs.blockstore.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file read and written at positions. Thread-safe as far as the ranges do not overlap. */
public interface DiskFile extends Closeable {
  /** Fills the buffer from {@code position}; fewer bytes only at the end of the file. */
  int read(ByteBuffer into, long position) throws IOException;

  /** Writes all remaining bytes. */
  void write(ByteBuffer from, long position) throws IOException;

  /** Length in bytes. */
  long size() throws IOException;

  /** Cuts the file to {@code bytes}. */
  void truncate(long bytes) throws IOException;

  /**
   * Says that everything is written and synced, and no change will follow. A disk that keeps
   * finished files elsewhere brings this one there: on return it is there, durably. Repeating it is
   * harmless.
   */
  default void complete() throws IOException {}

  /** fdatasync(2): on return all writes before the call are on stable storage. */
  void sync() throws IOException;
}
