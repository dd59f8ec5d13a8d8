package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.HostStoreContract;

class SimHostStoreTest extends HostStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected HostStore hosts() {
    return metadata.hosts();
  }
}
