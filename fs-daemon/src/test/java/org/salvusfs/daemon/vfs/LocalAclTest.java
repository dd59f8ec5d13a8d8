package org.salvusfs.daemon.vfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The contract of ACLs on the machine's own filesystem. */
@EnabledIf("isRoot")
final class LocalAclTest extends AclContract {
  @TempDir static Path directory = Path.of("unset");

  /** Device nodes, owners and trusted attributes need root. */
  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  @Override
  protected Posix mount() {
    try {
      return new LibcPosix(Files.createTempDirectory(directory, "fs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
