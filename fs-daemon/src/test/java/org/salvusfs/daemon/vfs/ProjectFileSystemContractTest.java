package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.salvusfs.daemon.fs.FsException;

/** The contract on a project in this process. */
final class ProjectFileSystemContractTest extends FileSystemContract {
  private final ProjectRig rig = newRig();

  private static ProjectRig newRig() {
    try {
      return new ProjectRig();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Posix mount() {
    return rig.posix();
  }

  @AfterEach
  void theTreeIsSound() throws IOException, FsException {
    rig.check();
    rig.transactions().commit();
    rig.close();
    rig.open();
    rig.check();
    rig.close();
  }
}
