package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the kernel forget, every second, what has changed in the directories that links show. */
final class LinkWatch {
  private static final Logger log = LoggerFactory.getLogger(LinkWatch.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final Daemon.Mounted mounted;
  private final Housekeeping.Gate gate;

  /** Whether the last look failed, and whoever reads the log was told. */
  private boolean isFailing;

  LinkWatch(Daemon.Mounted mounted, Housekeeping.Gate gate) {
    this.mounted = mounted;
    this.gate = gate;
  }

  /** Begins; whoever owns the executor, which has one thread, ends it. */
  void start(ScheduledExecutorService executor) {
    long millis = LOOK_EVERY.toMillis();
    var _ =
        executor.scheduleWithFixedDelay(
            () -> gate.whileServing(this::look), millis, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    try {
      mounted.fileSystem().lookAtLinks(new Nodes(mounted));
      isFailing = false;
    } catch (IOException e) {
      if (!isFailing) {
        log.warn("what links show may be old until a store answers: {}", e.getMessage());
      }
      isFailing = true;
    } catch (RuntimeException e) {
      log.error("Defect in the watch of links", e);
    }
  }

  /** Has the kernel forget what it keeps of nodes of the mount. */
  private record Nodes(Daemon.Mounted mounted) implements ProjectFileSystem.Changes {
    @Override
    public void name(long directory, byte[] name) {
      mounted.mount().invalidateEntry(directory, name);
    }

    @Override
    public void inode(long node) {
      mounted.mount().invalidateNode(node, 0, 0);
    }
  }
}
