package org.salvusfs.metadata.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Missing;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;

/** Nodes in memory. State is guarded by the lock of {@link Faults}. */
final class SimNodes implements NodeStore {
  private final Faults faults;
  private final Map<BlockId, byte[]> nodes = new HashMap<>();

  SimNodes(Faults faults) {
    this.faults = faults;
  }

  @Override
  public byte[] get(BlockId id) throws MetadataException {
    return faults.run(
        "get node",
        () -> {
          var sealed = nodes.get(id);
          if (sealed == null) {
            throw new Missing("node " + id + " is not in the store");
          }
          return sealed.clone();
        });
  }

  @Override
  public void put(Map<BlockId, byte[]> sealed) throws MetadataException {
    List<Faults.Step<@Nullable Void>> steps = new ArrayList<>();
    sealed.forEach(
        (id, bytes) -> {
          var copy = bytes.clone();
          steps.add(
              () -> {
                nodes.put(id, copy);
                return null;
              });
        });
    faults.runAll("put nodes", steps);
  }

  @Override
  public void delete(Collection<BlockId> ids) throws MetadataException {
    List<Faults.Step<@Nullable Void>> steps = new ArrayList<>();
    for (var id : ids) {
      steps.add(
          () -> {
            nodes.remove(id);
            return null;
          });
    }
    faults.runAll("delete nodes", steps);
  }

  @Override
  public void deleteSealedFor(ProjectId project) throws MetadataException {
    faults.run(
        "delete nodes of a project",
        () -> nodes.values().removeIf(node -> project.uuid().equals(BlockCodec.projectOf(node))));
  }

  Set<BlockId> ids() {
    return faults.locked(() -> Set.copyOf(nodes.keySet()));
  }

  int count() {
    return faults.locked(nodes::size);
  }

  void flipBit(BlockId id, int bit) {
    faults.locked(
        () ->
            Objects.requireNonNull(nodes.get(id), "no such node")[bit / 8] ^=
                (byte) (1 << (bit % 8)));
  }

  void lose(BlockId id) {
    faults.locked(() -> Objects.requireNonNull(nodes.remove(id), "no such node"));
  }
}
