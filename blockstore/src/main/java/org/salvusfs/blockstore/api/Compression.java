package org.salvusfs.blockstore.api;

/** How a new block is compressed, where that pays. Reading needs no choice: a block says it. */
public enum Compression {
  /** LZ4: some 400 MB/s and more on one core, and so hardly ever what a writer waits for. */
  LZ4,
  /** Zstandard at level 3: smaller blocks for several times the work of writing them. */
  ZSTD
}
