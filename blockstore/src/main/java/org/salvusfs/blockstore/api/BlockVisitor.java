package org.salvusfs.blockstore.api;

import org.jspecify.annotations.Nullable;

/** Receives what a verification of all packs finds, on the verifying thread. */
public interface BlockVisitor {
  /**
   * What is wrong, and where.
   *
   * @param pack name of the pack's file
   * @param offset in that file, in bytes
   * @param id the block that is affected, if that can be told
   * @param reason one clause for the operator
   */
  record Damage(String pack, long offset, @Nullable BlockId id, String reason) {}

  /** A block that is present and authentic. */
  void intact(BlockId id, int sealedBytes);

  /** A block or a part of a pack that is not. */
  void damaged(Damage damage);

  /**
   * How far it is, called without a lock after each block; may take its time, so that the disk is
   * left to others.
   *
   * @param reached where a verification that goes on with this one begins
   * @param doneBytes that this one has read, or left out because they are gone
   * @param totalBytes estimate of all that it reads
   * @throws java.util.concurrent.CancellationException to end the verification
   */
  void progress(PackPlace reached, long doneBytes, long totalBytes);
}
