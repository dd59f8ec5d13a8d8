package org.salvusfs.metadata.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.ProjectId;

class HostIntentLogOnLocalDiskTest extends IntentLogContract {
  @TempDir Path directory;
  private HostLogs logs;
  private HostLogs neighbour;

  @BeforeEach
  void openDisk() throws IOException {
    var disk = LocalDisk.open(directory);
    logs = new HostLogs(disk, project, new Random(1));
    neighbour = new HostLogs(disk, new ProjectId(new UUID(13, 14)), new Random(2));
  }

  @Override
  IntentLog open() throws IOException {
    return logs.open();
  }

  @Override
  IntentLog beside() throws IOException {
    return logs.beside();
  }

  @Override
  IntentLog openNeighbour() throws IOException {
    return neighbour.open();
  }

  @Override
  int seeds() {
    return 3;
  }

  @Override
  long epoch() {
    return logs.openings().epoch();
  }
}
