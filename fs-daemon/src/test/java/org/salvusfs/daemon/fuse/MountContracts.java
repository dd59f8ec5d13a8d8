package org.salvusfs.daemon.fuse;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** All contracts of a mount. A subclass says which one, and makes it anew for each test. */
public abstract class MountContracts {
  /** See {@link MountTests#directory}. */
  protected abstract Path directory();

  /** See {@link MountTests#missing}. */
  protected Set<MountCapability> missing() {
    return Set.of();
  }

  @Nested
  final class Names extends MountContract {
    @Override
    protected Path directory() {
      return MountContracts.this.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MountContracts.this.missing();
    }
  }

  @Nested
  final class Links extends MountLinkContract {
    @Override
    protected Path directory() {
      return MountContracts.this.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MountContracts.this.missing();
    }
  }

  @Nested
  final class Attributes extends MountAttributeContract {
    @Override
    protected Path directory() {
      return MountContracts.this.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MountContracts.this.missing();
    }
  }

  @Nested
  final class Data extends MountDataContract {
    @Override
    protected Path directory() {
      return MountContracts.this.directory();
    }

    @Override
    protected Set<MountCapability> missing() {
      return MountContracts.this.missing();
    }
  }
}
