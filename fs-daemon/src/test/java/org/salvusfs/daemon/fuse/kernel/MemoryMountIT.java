package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.MountAttributeContract;
import org.salvusfs.daemon.fuse.MountContract;
import org.salvusfs.daemon.fuse.MountDataContract;
import org.salvusfs.daemon.fuse.MountLinkContract;

/** The contracts of a mount on the binding, with a filesystem in memory behind it. */
final class MemoryMountIT {
  private static MemoryFileSystem memory() {
    return new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000);
  }

  @Nested
  final class Names extends MountContract {
    @RegisterExtension final MountExtension mount = new MountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }
  }

  @Nested
  final class Links extends MountLinkContract {
    @RegisterExtension final MountExtension mount = new MountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }
  }

  @Nested
  final class Attributes extends MountAttributeContract {
    @RegisterExtension final MountExtension mount = new MountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }
  }

  @Nested
  final class Data extends MountDataContract {
    @RegisterExtension final MountExtension mount = new MountExtension();

    @BeforeEach
    void mount() throws Exception {
      mount.mount(memory());
    }

    @Override
    protected Path directory() {
      return mount.directory();
    }
  }
}
