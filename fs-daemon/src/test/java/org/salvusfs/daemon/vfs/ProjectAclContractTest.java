package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.salvusfs.daemon.fs.FsException;

/** The contract of ACLs on a project in this process. */
final class ProjectAclContractTest extends AclContract {
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
    rig.close();
  }
}
