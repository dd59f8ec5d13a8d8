package org.salvusfs.blockstore.index;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * A map from ids to locations that may forget its newest updates in a crash, but never an older one
 * before a newer one. Thread-safe.
 */
public interface ChunkIndex extends AutoCloseable {
  /** Where the block lies, as far as the index knows. */
  @Nullable Location get(BlockId id) throws IOException;

  /** Adds or replaces entries, all or none. */
  void put(Map<BlockId, Location> entries) throws IOException;

  /** Forgets a block. */
  void remove(BlockId id) throws IOException;

  /**
   * Notes that every intact record of a finished pack has been put.
   *
   * @param dataEnd where the pack's records end, in bytes
   */
  void cover(int pack, long dataEnd) throws IOException;

  /** Forgets that a pack is covered, because it is gone. */
  void uncover(int pack) throws IOException;

  /** The {@code dataEnd} of a covered pack, or -1. */
  long covered(int pack) throws IOException;

  /** The highest pack number ever put or covered; 0 if none. */
  int highestPack() throws IOException;

  /** Forgets everything, also highest number and coverage. */
  void clear() throws IOException;

  @Override
  void close() throws IOException;
}
