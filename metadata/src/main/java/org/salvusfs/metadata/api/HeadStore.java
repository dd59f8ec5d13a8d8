package org.salvusfs.metadata.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * The heads of projects and, in the same partition, their fenced logs. Every change is one
 * compare-and-set; a method that returns has been acknowledged by a quorum, and a timed-out attempt
 * has been resolved by a serial read, so that nothing is ever applied twice. Thread-safe; blocks.
 * Every method throws {@link MetadataException.Unavailable} when the store gives no answer within
 * the configured time; calling again with the same arguments is then right.
 */
public interface HeadStore {
  /** What the rows of one {@link #append} may hold together: larger records take several. */
  int APPEND_BYTES_MAX = 4 << 20;

  /** The head as of now (serial read), or null if the project has none. */
  @Nullable Head read(ProjectId project) throws MetadataException;

  /**
   * Writes the first head of a project, without a holder. Its epoch is the one in which the root
   * was committed, so that later openings number their groups above it: 0 for a new project,
   * another for one that comes back from a backup.
   *
   * @return false if there is a head already
   */
  boolean create(ProjectId project, BlockId root, long txg) throws MetadataException;

  /**
   * Makes {@code fence} the holder if the head still is {@code seen}; {@code fence.epoch()} must be
   * {@code seen.epoch() + 1}. Whether the former holder may be replaced is the caller's decision.
   *
   * @return false if the head changed meanwhile
   */
  boolean acquire(Head seen, Fence fence) throws MetadataException;

  /**
   * Commits: root and txg change together, if the holder still is {@code fence}. A txg at or above
   * {@code txg} that this fence committed counts as success.
   *
   * @throws IllegalArgumentException if an earlier holder has committed {@code txg} already
   * @throws MetadataException.Fenced if another holds the project
   */
  void commit(Fence fence, BlockId root, long txg) throws MetadataException;

  /** Gives the project back, if {@code fence} holds it; otherwise does nothing. */
  void release(Fence fence) throws MetadataException;

  /**
   * Adds rows to the log in one fenced, atomic batch. Repeating it with the same rows is harmless.
   *
   * @param rows at least one, at most {@link #APPEND_BYTES_MAX} bytes together
   * @throws MetadataException.Fenced if another holds the project; no row is there then
   */
  void append(Fence fence, List<LogRow> rows) throws MetadataException;

  /**
   * All rows whose txg is above {@code committedTxg}, whatever epoch wrote them: by rising seq, the
   * rows of an earlier epoch first.
   */
  List<LogRow> log(ProjectId project, long committedTxg) throws MetadataException;

  /** Deletes the rows whose txg is at most {@code txg}. Only the holder calls this. */
  void trim(ProjectId project, long txg) throws MetadataException;

  /** Deletes head and log of a project that nobody will open any more. Idempotent. */
  void remove(ProjectId project) throws MetadataException;
}
