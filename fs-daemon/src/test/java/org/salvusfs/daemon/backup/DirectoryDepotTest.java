package org.salvusfs.daemon.backup;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A directory is a place for backups. */
class DirectoryDepotTest extends DepotContract {
  @TempDir Path directory = Path.of("");

  @Override
  Depot open(String installation) {
    return new DirectoryDepot(directory.resolve("target"));
  }
}
