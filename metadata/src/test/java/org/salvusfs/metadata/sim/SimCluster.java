package org.salvusfs.metadata.sim;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.MetadataException;

/** The cluster row in memory. State is guarded by the lock of {@link Faults}. */
final class SimCluster implements ClusterStore {
  private final Faults faults;
  private @Nullable ClusterRow row;

  SimCluster(Faults faults) {
    this.faults = faults;
  }

  @Override
  public Optional<ClusterRow> read() throws MetadataException {
    return faults.run("read cluster", () -> Optional.ofNullable(row));
  }

  @Override
  public ClusterRow createIfAbsent(ClusterRow wanted) throws MetadataException {
    return faults.run(
        "create cluster",
        () -> {
          var present = row == null ? wanted : row;
          row = present;
          return present;
        });
  }
}
