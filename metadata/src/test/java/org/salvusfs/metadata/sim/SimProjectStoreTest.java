package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.ProjectStoreContract;

class SimProjectStoreTest extends ProjectStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected ProjectStore projects() {
    return metadata.projects();
  }
}
