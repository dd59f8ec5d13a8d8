package org.salvusfs.metadata.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;

/**
 * A home: what the catalogue knows of it.
 *
 * @param name unique; 1 to 255 bytes of UTF-8 without {@code /} and NUL, not {@code .} or {@code
 *     ..}, not of the form of an id
 * @param durability where its intent log lives, from its next opening on
 * @param compression of what is written to it and not stored yet
 * @param overSoftSince since when its use has been above the soft limit; null if it is not, or if
 *     nobody who holds it has said so yet
 * @param snapshotPolicy which snapshots are made of it by themselves, as people write it; empty:
 *     the configured default
 * @param deletedAt since when it is in the trash; null if it is live
 * @param ownKey whether its contents, nodes and log are sealed under a key of its own, from its
 *     creation on; nothing of them is shared with other projects
 */
public record Project(
    ProjectId id,
    String name,
    Durability durability,
    Compression compression,
    Instant created,
    Limits limits,
    @Nullable Instant overSoftSince,
    String snapshotPolicy,
    State state,
    @Nullable Instant deletedAt,
    boolean ownKey) {
  /** Where a project is between its creation and its end. */
  public enum State {
    /** It may be used. */
    LIVE,
    /** It is in the trash: nobody opens it, nothing of it is freed, and its name stays its own. */
    DELETED,
    /** It is being removed for good, and never comes back. */
    PURGING
  }

  /** A new project, without limits, under the cluster's key. */
  public Project(
      ProjectId id, String name, Durability durability, Compression compression, Instant created) {
    this(
        id, name, durability, compression, created, Limits.NONE, null, "", State.LIVE, null, false);
  }

  /** A new project, without limits, that is compressed with LZ4. */
  public Project(ProjectId id, String name, Durability durability, Instant created) {
    this(id, name, durability, Compression.LZ4, created);
  }

  /** The same new project, with a key of its own. */
  public Project withOwnKey() {
    return new Project(
        id,
        name,
        durability,
        compression,
        created,
        limits,
        overSoftSince,
        snapshotPolicy,
        state,
        deletedAt,
        true);
  }

  public boolean isLive() {
    return state == State.LIVE;
  }

  public Project withLimits(Limits other) {
    return with(durability, compression, other, overSoftSince, snapshotPolicy, state, deletedAt);
  }

  public Project withOverSoftSince(@Nullable Instant since) {
    return with(durability, compression, limits, since, snapshotPolicy, state, deletedAt);
  }

  public Project withSnapshotPolicy(String policy) {
    return with(durability, compression, limits, overSoftSince, policy, state, deletedAt);
  }

  public Project withState(State other, @Nullable Instant since) {
    return with(durability, compression, limits, overSoftSince, snapshotPolicy, other, since);
  }

  public Project withDurability(Durability other) {
    return with(other, compression, limits, overSoftSince, snapshotPolicy, state, deletedAt);
  }

  public Project withCompression(Compression other) {
    return with(durability, other, limits, overSoftSince, snapshotPolicy, state, deletedAt);
  }

  /** The same project: who it is stays, everything else is as given. */
  private Project with(
      Durability otherDurability,
      Compression otherCompression,
      Limits otherLimits,
      @Nullable Instant since,
      String policy,
      State otherState,
      @Nullable Instant deleted) {
    return new Project(
        id,
        name,
        otherDurability,
        otherCompression,
        created,
        otherLimits,
        since,
        policy,
        otherState,
        deleted,
        ownKey);
  }
}
