package org.salvusfs.metadata.sim;

import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.EventLogContract;

class SimEventLogTest extends EventLogContract {
  private final SimulatedMetadata metadata = new SimulatedMetadata();

  @Override
  protected EventLog events() {
    return metadata.events();
  }
}
