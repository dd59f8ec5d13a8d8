package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.MountContracts;

/**
 * The contracts of a mount on the binding where every open is a request, as on kernels that do not
 * open files by themselves.
 */
final class OpensMountIT extends MountContracts {
  @RegisterExtension final MountExtension mount = new MountExtension();

  @BeforeEach
  void mount() throws Exception {
    mount.mount(
        new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000),
        MountExtension.options().withOpens(true));
  }

  @Override
  protected Path directory() {
    return mount.directory();
  }
}
