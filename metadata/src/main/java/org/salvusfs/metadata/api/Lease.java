package org.salvusfs.metadata.api;

/** This host's right to serve writes, judged by its own monotonic clock. Thread-safe. */
public interface Lease {
  /** Whether the right holds now. */
  boolean isValid();

  /**
   * Rises whenever the right was lost for however short a time. As long as it stays the same and
   * {@link #isValid()} answers true, nobody else can have taken a project over in between.
   */
  long term();

  /**
   * Returns once the lease is valid.
   *
   * @throws MetadataException.Unavailable if it is not within the configured time
   */
  void awaitValid() throws MetadataException.Unavailable;
}
