package org.salvusfs.metadata.api;

import org.jspecify.annotations.Nullable;

/**
 * Keys of projects that have one of their own, wrapped under the cluster's key. A project that
 * should have a key and has none is shredded. Thread-safe; blocks. {@link
 * MetadataException.Unavailable} when the store does not answer within the configured time.
 */
public interface ProjectKeyStore {
  /**
   * Stores the key of a project that has none yet; durable on return. Before anything is sealed
   * under it. Repeating it with the same key is harmless.
   *
   * @param wrapped see {@link org.salvusfs.blockstore.api.KeyWrap}
   */
  void create(ProjectId project, byte[] wrapped) throws MetadataException;

  /** The wrapped key, or null. */
  byte @Nullable [] find(ProjectId project) throws MetadataException;

  /** Destroys the key if there is one; no {@link #find} has it from the return on. */
  void destroy(ProjectId project) throws MetadataException;
}
