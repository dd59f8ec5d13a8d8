package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.MountContracts;

/** The contracts of a mount on the binding, with a filesystem in memory behind it. */
final class MemoryMountIT extends MountContracts {
  @RegisterExtension final MountExtension mount = new MountExtension();

  @BeforeEach
  void mount() throws Exception {
    mount.mount(new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000));
  }

  @Override
  protected Path directory() {
    return mount.directory();
  }
}
