package org.salvusfs.metadata.sim;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Fenced;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;

/** Heads and logs in memory. State is guarded by the lock of {@link Faults}. */
final class SimHeads implements HeadStore {
  /** Rows of different epochs never meet, and sort by age. */
  private record Position(long epoch, long seq, long txg) {
    static final Comparator<Position> ORDER =
        Comparator.comparingLong(Position::epoch)
            .thenComparingLong(Position::seq)
            .thenComparingLong(Position::txg);
  }

  private static final class State {
    Head head;

    /** The epoch that committed the root. */
    long rootEpoch;

    final TreeMap<Position, LogRow> log = new TreeMap<>(Position.ORDER);

    State(Head head) {
      this.head = head;
    }
  }

  private final Faults faults;
  private final Map<ProjectId, State> states = new HashMap<>();

  SimHeads(Faults faults) {
    this.faults = faults;
  }

  @Override
  public @Nullable Head read(ProjectId project) throws MetadataException {
    return faults.run(
        "read head",
        () -> {
          var state = states.get(project);
          return state == null ? null : state.head;
        });
  }

  @Override
  public boolean create(ProjectId project, BlockId root, long txg) throws MetadataException {
    return faults.run(
        "create head",
        () ->
            states.putIfAbsent(
                    project, new State(new Head(project, Txgs.epoch(txg), null, null, root, txg)))
                == null);
  }

  @Override
  public boolean acquire(Head seen, Fence fence) throws MetadataException {
    if (fence.epoch() != seen.epoch() + 1 || !fence.project().equals(seen.project())) {
      throw new IllegalArgumentException(fence + " does not follow " + seen);
    }
    return faults.run(
        "acquire head",
        () -> {
          var state = states.get(fence.project());
          if (state == null) {
            return false;
          }
          if (state.head.equals(seen)) {
            state.head =
                new Head(
                    fence.project(),
                    fence.epoch(),
                    fence.host(),
                    fence.incarnation(),
                    seen.root(),
                    seen.txg());
          }
          return holds(state.head, fence);
        });
  }

  @Override
  public void commit(Fence fence, BlockId root, long txg) throws MetadataException {
    faults.<@Nullable Void>run(
        "commit",
        () -> {
          var state = check(fence);
          if (state.head.txg() < txg) {
            state.head =
                new Head(
                    fence.project(), fence.epoch(), fence.host(), fence.incarnation(), root, txg);
            state.rootEpoch = fence.epoch();
          } else if (state.rootEpoch != fence.epoch()) {
            throw new IllegalArgumentException(
                "txg " + txg + " of project " + fence.project() + " is an earlier holder's");
          }
          return null;
        });
  }

  @Override
  public void release(Fence fence) throws MetadataException {
    faults.<@Nullable Void>run(
        "release head",
        () -> {
          var state = states.get(fence.project());
          if (state != null && holds(state.head, fence)) {
            var head = state.head;
            state.head =
                new Head(fence.project(), head.epoch(), null, null, head.root(), head.txg());
          }
          return null;
        });
  }

  @Override
  public void append(Fence fence, List<LogRow> rows) throws MetadataException {
    long bytes = rows.stream().mapToLong(row -> row.sealed().length).sum();
    if (rows.isEmpty()
        || bytes > APPEND_BYTES_MAX
        || rows.stream().anyMatch(row -> row.txg() < 0)) {
      throw new IllegalArgumentException(rows.size() + " rows of " + bytes + " bytes");
    }
    var copies =
        rows.stream().map(row -> new LogRow(row.txg(), row.seq(), row.sealed().clone())).toList();
    faults.<@Nullable Void>run(
        "append",
        () -> {
          var state = check(fence);
          for (var row : copies) {
            state.log.put(new Position(fence.epoch(), row.seq(), row.txg()), row);
          }
          return null;
        });
  }

  @Override
  public List<LogRow> log(ProjectId project, long committedTxg) throws MetadataException {
    return faults.run(
        "read log",
        () -> {
          var state = states.get(project);
          return state == null
              ? List.<LogRow>of()
              : state.log.values().stream().filter(row -> row.txg() > committedTxg).toList();
        });
  }

  @Override
  public void trim(ProjectId project, long txg) throws MetadataException {
    faults.<@Nullable Void>run(
        "trim log",
        () -> {
          var state = states.get(project);
          if (state != null) {
            state.log.values().removeIf(row -> row.txg() <= txg);
          }
          return null;
        });
  }

  @Override
  public void remove(ProjectId project) throws MetadataException {
    faults.run("remove head", () -> states.remove(project) != null);
  }

  int logRowCount(ProjectId project) {
    return faults.locked(
        () -> {
          var state = states.get(project);
          return state == null ? 0 : state.log.size();
        });
  }

  private State check(Fence fence) throws Fenced {
    var state = states.get(fence.project());
    if (state == null || !holds(state.head, fence)) {
      throw new Fenced(
          "project "
              + fence.project()
              + " is no longer held in epoch "
              + fence.epoch()
              + " by this host: "
              + (state == null ? "no head" : state.head));
    }
    return state;
  }

  private static boolean holds(Head head, Fence fence) {
    return head.epoch() == fence.epoch()
        && fence.host().equals(head.host())
        && fence.incarnation().equals(head.incarnation());
  }
}
