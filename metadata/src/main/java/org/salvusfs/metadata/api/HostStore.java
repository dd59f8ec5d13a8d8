package org.salvusfs.metadata.api;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signs of life of hosts. A row has one writer, the host's daemon (its data directory is locked by
 * one process). Thread-safe; blocks; {@link MetadataException.Unavailable} without an answer.
 */
public interface HostStore {
  /** The host's row (quorum read), or null. */
  @Nullable HostRow read(UUID host) throws MetadataException;

  /** Writes the host's row, at a quorum on return. */
  void write(HostRow row) throws MetadataException;

  List<HostRow> list() throws MetadataException;
}
