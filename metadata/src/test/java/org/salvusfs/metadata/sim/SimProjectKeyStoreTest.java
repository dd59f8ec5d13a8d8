package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectKeyStoreContract;

class SimProjectKeyStoreTest extends ProjectKeyStoreContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected ProjectKeyStore keys() {
    return metadata.projectKeys();
  }
}
