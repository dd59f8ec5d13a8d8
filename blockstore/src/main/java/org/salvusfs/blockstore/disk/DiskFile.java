package org.salvusfs.blockstore.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file read and written at positions. Thread-safe as far as the ranges do not overlap. */
public interface DiskFile extends Closeable {
  /** What direct writes are made of: a page of memory, at least a sector of the disk. */
  int BLOCK_BYTES = 4096;

  /** Fills the buffer from {@code position}; fewer bytes only at the end of the file. */
  int read(ByteBuffer into, long position) throws IOException;

  /** Writes all remaining bytes. */
  void write(ByteBuffer from, long position) throws IOException;

  /**
   * The same for what is long and not read soon: whole blocks go past the page cache if the disk
   * can do that and they lie in memory as in the file, their addresses multiples of {@link
   * #BLOCK_BYTES} where their positions are.
   */
  default void writeDirect(ByteBuffer from, long position) throws IOException {
    write(from, position);
  }

  /**
   * Sets room aside, so that what is written there does not find the disk full. The file is at
   * least that long afterwards; what was not written is zeros. False: this disk cannot do it, or
   * has no such room.
   */
  default boolean reserve(long position, long bytes) throws IOException {
    return false;
  }

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
