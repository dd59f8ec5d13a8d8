package org.salvusfs.daemon.fuse.jnr;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.MountAttributeContract;
import org.salvusfs.daemon.fuse.MountCapability;
import org.salvusfs.daemon.fuse.MountContract;
import org.salvusfs.daemon.fuse.MountDataContract;
import org.salvusfs.daemon.fuse.MountLinkContract;

/** The contracts of a mount on libfuse2, with a filesystem in memory behind it. */
final class JnrMountIT {
  /** Listed in the package-info, and in docs/operations/configuration.md. */
  private static final Set<MountCapability> MISSING = EnumSet.allOf(MountCapability.class);

  private static MemoryFileSystem memory() {
    return new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000);
  }

  @Nested
  final class Names extends MountContract {
    @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MISSING;
    }
  }

  @Nested
  final class Links extends MountLinkContract {
    @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MISSING;
    }
  }

  @Nested
  final class Attributes extends MountAttributeContract {
    @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MISSING;
    }
  }

  @Nested
  final class Data extends MountDataContract {
    @RegisterExtension final JnrMountExtension mount = new JnrMountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MISSING;
    }
  }
}
