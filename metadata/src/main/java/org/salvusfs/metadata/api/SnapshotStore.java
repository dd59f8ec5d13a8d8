package org.salvusfs.metadata.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of projects. Every change of a project's snapshots is one compare-and-set of them
 * all: it sees every change that was made before, and happens wholly or not at all, whoever else
 * changes them at the same time. Repeating a change is harmless. Thread-safe; blocks; {@link
 * MetadataException.Unavailable} without an answer, and then the change may have happened or still
 * happen, until the next change that succeeds.
 *
 * <p>What a snapshot needs is not known here: who creates and removes them is {@code
 * metadata.txg.Snapshots}, on the host that holds the project.
 */
public interface SnapshotStore {
  /** What became of {@link #create}. */
  enum Creation {
    CREATED,
    /** A snapshot that is not being deleted has the name. */
    NAME_TAKEN,
    /** Another snapshot, perhaps one that is being deleted, has the instant. */
    INSTANT_TAKEN
  }

  /** What became of {@link #delete}. */
  enum Deletion {
    /** Nobody may use it any more, now or from an earlier call. */
    DELETING,
    /** Somebody holds it. */
    HELD,
    /** There is none. */
    UNKNOWN
  }

  /**
   * Fences off earlier holders: when this has returned, none of them creates or removes a snapshot
   * any more, and no earlier attempt of this one happens later.
   *
   * @throws MetadataException.Fenced if a later holder was here
   */
  void open(Fence fence) throws MetadataException;

  /** The snapshots that may be used, oldest first (serial read). */
  List<Snapshot> list(ProjectId project) throws MetadataException;

  /** Likewise, with those that are being deleted. */
  List<Snapshot> listAll(ProjectId project) throws MetadataException;

  /** One that may be used, by name (serial read), or null. */
  @Nullable Snapshot find(ProjectId project, String name) throws MetadataException;

  /**
   * Adds a snapshot of the fence's project.
   *
   * @throws MetadataException.Fenced if the fence is not the latest that was opened
   */
  Creation create(Fence fence, Snapshot snapshot) throws MetadataException;

  /** Marks a snapshot as being deleted, if nobody holds it. Anybody may call this. */
  Deletion delete(ProjectId project, Instant created) throws MetadataException;

  /**
   * Keeps what was counted of snapshots of the fence's project; those that are not there any more
   * are passed over.
   *
   * @throws MetadataException.Fenced if the fence is not the latest that was opened
   */
  void count(Fence fence, Map<Instant, SnapshotSpace> counted) throws MetadataException;

  /**
   * Removes what is left of a snapshot that is being deleted and has no clones.
   *
   * @throws IllegalStateException if it is not being deleted, or has clones
   * @throws MetadataException.Fenced if the fence is not the latest that was opened
   */
  void remove(Fence fence, Instant created) throws MetadataException;

  /**
   * Makes it impossible to delete a snapshot until {@link #release} of the same tag.
   *
   * @return false if there is none that may be used
   */
  boolean hold(ProjectId project, Instant created, String tag) throws MetadataException;

  /**
   * Takes a hold back.
   *
   * @return false if there is no such snapshot or hold
   */
  boolean release(ProjectId project, Instant created, String tag) throws MetadataException;

  /**
   * Notes that a project is about to begin with a snapshot's tree.
   *
   * @param maker incarnation of the host that makes it
   * @return false if there is none that may be used: make no clone of it
   */
  boolean addClone(ProjectId origin, Instant created, ProjectId clone, UUID maker)
      throws MetadataException;

  /** Drops what is left of a project that has no snapshots and never will. Idempotent. */
  void forget(ProjectId project) throws MetadataException;

  /** Notes that a clone is gone, or never came to be. Does nothing if it is not noted. */
  void removeClone(ProjectId origin, Instant created, ProjectId clone) throws MetadataException;
}
