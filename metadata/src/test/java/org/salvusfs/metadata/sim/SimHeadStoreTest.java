package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HeadStoreContract;

class SimHeadStoreTest extends HeadStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected HeadStore heads() {
    return metadata.heads();
  }
}
