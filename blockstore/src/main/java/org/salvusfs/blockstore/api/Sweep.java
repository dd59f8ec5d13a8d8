package org.salvusfs.blockstore.api;

import java.util.concurrent.CancellationException;

/**
 * One sweep of a store, from its announcement to its end: first whoever knows marks what is
 * referred to, then {@link #run} frees what is not. Writers go on all the while; nothing is locked.
 *
 * <h2>Why no chunk is taken that somebody refers to</h2>
 *
 * <p>From the moment a sweep has begun until it is closed, the store marks every chunk that it says
 * it has ({@link ChunkStore#contains}) and every chunk that is put. So a chunk that becomes
 * referred to while the sweep is under way, because a writer found it in the store, is marked by
 * the question itself, before it is answered. What was asked before the sweep began is not marked:
 * whoever calls {@link #run} has to see to it that all references that were obtained before are
 * written where the marking finds them, and that the marking began after that.
 *
 * <p>{@code run} condemns a chunk before it takes it, and looks at the marks once more after that.
 * A question marks first and then looks whether the chunk is condemned. Whatever the order, at
 * least one sees the other: either the chunk is spared, or the writer is told that it is absent and
 * stores it again, in another place, which this sweep does not touch.
 *
 * <p>One thread uses a sweep; one sweep of a store at a time.
 */
public interface Sweep extends AutoCloseable {
  /** What is to be kept. Anybody may add to it, at any time until the sweep is closed. */
  Marks marks();

  /**
   * What a block takes in the packs, with the header of its record, in bytes; 0 if there is none.
   *
   * @throws BlockStoreException.Failed if the index fails
   */
  long recordBytes(BlockId id) throws BlockStoreException;

  /**
   * Frees space.
   *
   * @param unusedMax how much of the space may stay garbage, as a share of what is in use; packs
   *     are rewritten, those with the most garbage first, until no more than that is left. Packs in
   *     which nothing is in use always go
   * @param pace is asked before each step
   * @throws BlockStoreException if the disk fails or is full; what was done so far is done, and
   *     nothing that is referred to is harmed
   * @throws CancellationException if {@code pace} threw it; likewise
   */
  Result run(double unusedMax, Pace pace) throws BlockStoreException;

  /** Ends the marking of what is asked for. Idempotent. */
  @Override
  void close();

  /** Hears of each step, and may take its time or end the sweep. */
  @FunctionalInterface
  interface Pace {
    /** As fast as it goes. */
    Pace UNLIMITED = (bytes, done, total) -> {};

    /**
     * Called, without a lock, before each step.
     *
     * @param bytes that the step reads or writes
     * @param doneBytes that were looked through or moved so far
     * @param totalBytes estimate of all
     * @throws CancellationException to end the sweep
     */
    void step(long bytes, long doneBytes, long totalBytes);
  }

  /**
   * What a sweep did.
   *
   * @param chunks that were taken
   * @param bytes by which the packs became shorter altogether
   * @param packsDeleted in which nothing was in use
   * @param packsRewritten of which the rest was moved
   * @param bytesMoved in doing so
   * @param liveBytes that are in use
   * @param unusedBytes of garbage that are left, because of {@code unusedMax} or of packs that
   *     could not be read
   * @param packsUnreadable that were left alone because of damage
   */
  record Result(
      long chunks,
      long bytes,
      int packsDeleted,
      int packsRewritten,
      long bytesMoved,
      long liveBytes,
      long unusedBytes,
      int packsUnreadable) {}
}
