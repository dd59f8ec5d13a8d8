package org.salvusfs.blockstore.index;

class MemoryIndexTest extends ChunkIndexContract {
  private final MemoryIndex index = new MemoryIndex();

  @Override
  ChunkIndex open() {
    return index;
  }
}
