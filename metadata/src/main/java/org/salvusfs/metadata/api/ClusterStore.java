package org.salvusfs.metadata.api;

import java.util.Optional;

/** The row that says which cluster this is. Thread-safe; blocks. */
public interface ClusterStore {
  /** The row (serial read), or empty in a new store. */
  Optional<ClusterRow> read() throws MetadataException;

  /**
   * Writes the row if there is none.
   *
   * @return the row that is there now: the given one, or that of whoever came first
   */
  ClusterRow createIfAbsent(ClusterRow row) throws MetadataException;
}
