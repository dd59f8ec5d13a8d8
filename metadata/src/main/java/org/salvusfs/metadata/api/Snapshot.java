package org.salvusfs.metadata.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * A commit of a project that is kept. What it holds never changes; what is said of it may.
 *
 * @param created to the millisecond; tells the snapshots of a project apart, and rises with them
 * @param name 1 to 255 bytes of UTF-8 without {@code /} and NUL, not {@code .} or {@code ..}; told
 *     apart by their names are those that are not being deleted
 * @param root top node of the kept tree
 * @param txg the commit that made the root
 * @param bytes allocated bytes of all files, as of that commit
 * @param inodes number of inodes, as of that commit
 * @param lineage the commits that the tree descends from
 * @param holds tags of those who need the snapshot; it cannot be deleted while there are any
 * @param clones projects that began with this tree, each with the incarnation of the host that made
 *     it; its nodes stay while there are any
 * @param isDeleting nobody may use it any more; it is here until its nodes are freed
 * @param space what it differs from its neighbours by, as it was counted last; null: not yet
 */
public record Snapshot(
    ProjectId project,
    Instant created,
    String name,
    BlockId root,
    long txg,
    long bytes,
    long inodes,
    Kind kind,
    String comment,
    Lineage lineage,
    Set<String> holds,
    Map<ProjectId, UUID> clones,
    boolean isDeleting,
    @Nullable SnapshotSpace space) {
  /** Longest name, in bytes of UTF-8. */
  public static final int NAME_BYTES_MAX = 255;

  /** Why a snapshot was made. */
  public enum Kind {
    /** By a policy, which may delete it again. */
    AUTO,
    /** By somebody, who deletes it. */
    MANUAL,
    /** What a rollback or a restore replaced. */
    BEFORE_RESTORE
  }

  /** One whose space was not counted. */
  public Snapshot(
      ProjectId project,
      Instant created,
      String name,
      BlockId root,
      long txg,
      long bytes,
      long inodes,
      Kind kind,
      String comment,
      Lineage lineage,
      Set<String> holds,
      Map<ProjectId, UUID> clones,
      boolean isDeleting) {
    this(
        project,
        created,
        name,
        root,
        txg,
        bytes,
        inodes,
        kind,
        comment,
        lineage,
        holds,
        clones,
        isDeleting,
        null);
  }

  public Snapshot {
    if (!created.equals(created.truncatedTo(ChronoUnit.MILLIS))) {
      throw new IllegalArgumentException("created is kept to the millisecond, not " + created);
    }
    if (!isValidName(name)) {
      throw new IllegalArgumentException("\"" + name + "\" cannot be a snapshot's name");
    }
    holds = Set.copyOf(holds);
    clones = Map.copyOf(clones);
  }

  /** Whether a snapshot may have that name, which is shown as a directory's. */
  public static boolean isValidName(String name) {
    int bytes = name.getBytes(UTF_8).length;
    return bytes >= 1
        && bytes <= NAME_BYTES_MAX
        && name.indexOf('/') < 0
        && name.indexOf('\0') < 0
        && !name.equals(".")
        && !name.equals("..");
  }

  public Snapshot withHolds(Set<String> newHolds) {
    return with(newHolds, clones, isDeleting, space);
  }

  public Snapshot withClones(Map<ProjectId, UUID> newClones) {
    return with(holds, newClones, isDeleting, space);
  }

  /** The same, being deleted. */
  public Snapshot deleting() {
    return with(holds, clones, true, space);
  }

  public Snapshot withSpace(SnapshotSpace counted) {
    return with(holds, clones, isDeleting, counted);
  }

  private Snapshot with(
      Set<String> newHolds,
      Map<ProjectId, UUID> newClones,
      boolean nowDeleting,
      @Nullable SnapshotSpace counted) {
    return new Snapshot(
        project,
        created,
        name,
        root,
        txg,
        bytes,
        inodes,
        kind,
        comment,
        lineage,
        newHolds,
        newClones,
        nowDeleting,
        counted);
  }
}
