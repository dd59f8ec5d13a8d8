package org.salvusfs.daemon.export;

import java.io.IOException;

/**
 * Where a file has data, in order; between two stretches and behind the last one are holes. The
 * same each time it is asked.
 */
interface Stretches {
  /** Hears of a stretch. */
  @FunctionalInterface
  interface Each {
    void stretch(long offset, long length) throws IOException;
  }

  void forEach(Each each) throws IOException;

  /** Bytes of a file, in order. */
  @FunctionalInterface
  interface Source {
    /** Fills an array from its beginning with the {@code count} bytes from {@code offset} on. */
    void read(long offset, byte[] into, int count) throws IOException;
  }
}
