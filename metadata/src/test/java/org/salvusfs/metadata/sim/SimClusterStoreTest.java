package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.ClusterStoreContract;

class SimClusterStoreTest extends ClusterStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected ClusterStore cluster() {
    return metadata.cluster();
  }
}
