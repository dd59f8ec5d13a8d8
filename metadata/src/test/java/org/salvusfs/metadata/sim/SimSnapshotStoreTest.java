package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.SnapshotStoreContract;

class SimSnapshotStoreTest extends SnapshotStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected SnapshotStore snapshots() {
    return metadata.snapshots();
  }
}
