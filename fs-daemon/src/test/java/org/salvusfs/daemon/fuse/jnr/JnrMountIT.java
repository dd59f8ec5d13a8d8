package org.salvusfs.daemon.fuse.jnr;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.MountCapability;
import org.salvusfs.daemon.fuse.MountContracts;

/** The contracts of a mount on libfuse2, with a filesystem in memory behind it. */
final class JnrMountIT extends MountContracts {
  @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

  @BeforeEach
  void mount() throws Exception {
    mount.mount(new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000));
  }

  @Override
  protected Path directory() {
    return mount.directory();
  }

  /** Listed in the package-info, and in docs/operations/configuration.md. */
  @Override
  protected Set<MountCapability> missing() {
    return EnumSet.allOf(MountCapability.class);
  }
}
