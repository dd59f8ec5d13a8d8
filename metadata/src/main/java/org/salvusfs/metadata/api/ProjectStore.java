package org.salvusfs.metadata.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The catalogue of projects; their times are kept to the millisecond. Thread-safe; blocks. */
public interface ProjectStore {
  /**
   * Adds a project whose name must be free; it has no limits at first. Repeating it with the same
   * project is harmless.
   *
   * @return false if the name is taken by another
   * @throws IllegalArgumentException if the id is that of a project with another name
   */
  boolean create(Project project) throws MetadataException;

  /** By id, or null. */
  @Nullable Project find(ProjectId id) throws MetadataException;

  /** By name, or null. */
  @Nullable Project find(String name) throws MetadataException;

  /** Sets the limits of a project that exists; of two at once, one wins whole. */
  void setLimits(ProjectId id, Limits limits) throws MetadataException;

  /** Notes since when the use of a project that exists is above the soft limit; null: it is not. */
  void setOverSoftSince(ProjectId id, @Nullable Instant since) throws MetadataException;

  /** All projects, by name. */
  List<Project> list() throws MetadataException;
}
