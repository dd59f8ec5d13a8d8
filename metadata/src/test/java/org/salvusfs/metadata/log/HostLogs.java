package org.salvusfs.metadata.log;

import java.io.IOException;
import java.util.Random;
import java.util.UUID;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.ProjectId;

/** One project's host log over all its openings on one disk. */
final class HostLogs {
  /** Small, so that tests see many files. */
  static final HostLogDirectory.Options SMALL = new HostLogDirectory.Options(16384, 8192, 3);

  private final Disk disk;
  private final Random random;
  private final Openings openings;

  HostLogs(Disk disk, ProjectId project, Random random) {
    this.disk = disk;
    this.random = random;
    this.openings = new Openings(project);
  }

  Openings openings() {
    return openings;
  }

  /** A new process of this host that has acquired the project. */
  HostIntentLog open() throws IOException {
    return open(Openings.HOST);
  }

  /** A log that this host only looks at. */
  HostIntentLog beside() throws IOException {
    var nobody = new Fence(openings.project(), 0, Openings.HOST, Openings.HOST);
    var directory = HostLogDirectory.open(disk, SMALL, random::nextLong);
    return new HostIntentLog(directory, new XorCodec(), nobody);
  }

  HostIntentLog open(UUID host) throws IOException {
    var fence = openings.acquire(host);
    var directory = HostLogDirectory.open(disk, SMALL, random::nextLong);
    return new HostIntentLog(directory, new XorCodec(), fence);
  }
}
