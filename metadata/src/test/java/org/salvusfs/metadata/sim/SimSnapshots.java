package org.salvusfs.metadata.sim;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotSpace;
import org.salvusfs.metadata.api.SnapshotStore;

/** Snapshots in memory. State is guarded by the lock of {@link Faults}. */
final class SimSnapshots implements SnapshotStore {
  private static final class Rows {
    long epoch = -1;
    final TreeMap<Instant, Snapshot> byInstant = new TreeMap<>();
  }

  private final Faults faults;
  private final Map<ProjectId, Rows> projects = new HashMap<>();

  SimSnapshots(Faults faults) {
    this.faults = faults;
  }

  private Rows rows(ProjectId project) {
    return projects.computeIfAbsent(project, id -> new Rows());
  }

  private @Nullable Snapshot usable(ProjectId project, Instant created) {
    var snapshot = rows(project).byInstant.get(created);
    return snapshot == null || snapshot.isDeleting() ? null : snapshot;
  }

  private void put(Snapshot snapshot) {
    rows(snapshot.project()).byInstant.put(snapshot.created(), snapshot);
  }

  @Override
  public void open(Fence fence) throws MetadataException {
    faults.<@Nullable Void>run(
        "open snapshots",
        () -> {
          var rows = rows(fence.project());
          if (rows.epoch > fence.epoch()) {
            throw new Fenced("the snapshots belong to epoch " + rows.epoch);
          }
          rows.epoch = fence.epoch();
          return null;
        });
  }

  private Rows opened(Fence fence) throws Fenced {
    var rows = rows(fence.project());
    if (rows.epoch > fence.epoch()) {
      throw new Fenced("the snapshots belong to epoch " + rows.epoch);
    }
    if (rows.epoch < fence.epoch()) {
      throw new IllegalStateException("the snapshots were not opened with " + fence);
    }
    return rows;
  }

  @Override
  public List<Snapshot> list(ProjectId project) throws MetadataException {
    return listAll(project).stream().filter(snapshot -> !snapshot.isDeleting()).toList();
  }

  @Override
  public List<Snapshot> listAll(ProjectId project) throws MetadataException {
    return faults.run("list snapshots", () -> List.copyOf(rows(project).byInstant.values()));
  }

  @Override
  public @Nullable Snapshot find(ProjectId project, String name) throws MetadataException {
    return list(project).stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
  }

  @Override
  public void count(Fence fence, Map<Instant, SnapshotSpace> counted) throws MetadataException {
    faults.<@Nullable Void>run(
        "count snapshots",
        () -> {
          var rows = opened(fence).byInstant;
          counted.forEach(
              (created, space) ->
                  rows.computeIfPresent(created, (at, snapshot) -> snapshot.withSpace(space)));
          return null;
        });
  }

  @Override
  public Creation create(Fence fence, Snapshot snapshot) throws MetadataException {
    return faults.run(
        "create snapshot",
        () -> {
          var rows = opened(fence).byInstant;
          var same = rows.get(snapshot.created());
          if (same != null) {
            return same.equals(snapshot) ? Creation.CREATED : Creation.INSTANT_TAKEN;
          }
          for (var other : rows.values()) {
            if (!other.isDeleting() && other.name().equals(snapshot.name())) {
              return Creation.NAME_TAKEN;
            }
          }
          put(snapshot);
          return Creation.CREATED;
        });
  }

  @Override
  public Deletion delete(ProjectId project, Instant created) throws MetadataException {
    return faults.run(
        "delete snapshot",
        () -> {
          var snapshot = rows(project).byInstant.get(created);
          if (snapshot == null) {
            return Deletion.UNKNOWN;
          }
          if (!snapshot.isDeleting() && !snapshot.holds().isEmpty()) {
            return Deletion.HELD;
          }
          put(snapshot.deleting());
          return Deletion.DELETING;
        });
  }

  @Override
  public void remove(Fence fence, Instant created) throws MetadataException {
    faults.<@Nullable Void>run(
        "remove snapshot",
        () -> {
          var rows = opened(fence).byInstant;
          var snapshot = rows.get(created);
          if (snapshot != null && (!snapshot.isDeleting() || !snapshot.clones().isEmpty())) {
            throw new IllegalStateException("still in use: " + snapshot);
          }
          rows.remove(created);
          return null;
        });
  }

  @Override
  public boolean hold(ProjectId project, Instant created, String tag) throws MetadataException {
    return faults.run(
        "hold snapshot",
        () -> {
          var snapshot = usable(project, created);
          if (snapshot != null) {
            var holds = new HashSet<>(snapshot.holds());
            holds.add(tag);
            put(snapshot.withHolds(holds));
          }
          return snapshot != null;
        });
  }

  @Override
  public boolean release(ProjectId project, Instant created, String tag) throws MetadataException {
    return faults.run(
        "release snapshot",
        () -> {
          var snapshot = usable(project, created);
          if (snapshot == null || !snapshot.holds().contains(tag)) {
            return false;
          }
          var holds = new HashSet<>(snapshot.holds());
          holds.remove(tag);
          put(snapshot.withHolds(holds));
          return true;
        });
  }

  @Override
  public boolean addClone(ProjectId origin, Instant created, ProjectId clone, UUID maker)
      throws MetadataException {
    return faults.run(
        "add clone",
        () -> {
          var snapshot = usable(origin, created);
          if (snapshot != null) {
            var clones = new HashMap<>(snapshot.clones());
            clones.put(clone, maker);
            put(snapshot.withClones(clones));
          }
          return snapshot != null;
        });
  }

  @Override
  public void forget(ProjectId project) throws MetadataException {
    faults.run("forget snapshots", () -> projects.remove(project) != null);
  }

  @Override
  public void removeClone(ProjectId origin, Instant created, ProjectId clone)
      throws MetadataException {
    faults.<@Nullable Void>run(
        "remove clone",
        () -> {
          var snapshot = rows(origin).byInstant.get(created);
          if (snapshot != null) {
            var clones = new HashMap<>(snapshot.clones());
            clones.remove(clone);
            put(snapshot.withClones(clones));
          }
          return null;
        });
  }
}
