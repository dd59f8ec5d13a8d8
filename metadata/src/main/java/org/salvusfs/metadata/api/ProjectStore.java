package org.salvusfs.metadata.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;

/**
 * The catalogue of projects; their times are kept to the millisecond. Thread-safe; blocks.
 *
 * <p>Whatever finds projects finds those in the trash too, because their trees and chunks are
 * needed; who shows or opens projects asks for {@link Project#isLive}. A project that is being
 * purged is found by its id alone.
 */
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

  /** Sets which home the log of a project that exists shall have when it is opened next. */
  void setDurability(ProjectId id, Durability durability) throws MetadataException;

  /** Sets how what is written to a project that exists is compressed. */
  void setCompression(ProjectId id, Compression compression) throws MetadataException;

  /** Sets the snapshot policy of a project that exists. */
  void setSnapshotPolicy(ProjectId id, String policy) throws MetadataException;

  /**
   * Moves a project from one state to another, by one compare-and-set. Repeating it with the same
   * arguments is harmless.
   *
   * @param deletedAt as it shall be afterwards
   * @return false if it is in another state, or is not there
   */
  boolean move(ProjectId id, Project.State from, Project.State to, @Nullable Instant deletedAt)
      throws MetadataException;

  /** All projects but those that are being purged, by name. */
  List<Project> list() throws MetadataException;

  /** Those that are being purged, by name. */
  List<Project> purging() throws MetadataException;

  /**
   * Lets others have the name of a project that is being purged. Repeating it is harmless, also
   * when another has the name already.
   */
  void freeName(Project project) throws MetadataException;

  /** Forgets a project that is being purged and whose name is free; the last step of a purge. */
  void remove(ProjectId id) throws MetadataException;
}
