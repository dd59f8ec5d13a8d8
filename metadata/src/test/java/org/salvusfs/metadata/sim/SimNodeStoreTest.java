package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.NodeStoreContract;

class SimNodeStoreTest extends NodeStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected NodeStore nodes() {
    return metadata.nodes();
  }
}
