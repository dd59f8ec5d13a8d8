package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The contracts on the machine's own filesystem: proves that they ask for what Linux does. */
@Tag("long")
final class LocalMountIT extends MountContracts {
  @TempDir Path directory;

  @BeforeEach
  void assumeRoot() throws Exception {
    assumeTrue(Posix.isRoot(), "skipped: chown and mknod need root");
  }

  @Override
  protected Path directory() {
    return directory;
  }
}
