package org.salvusfs.benchmarks.binding;

import java.nio.file.Path;
import java.time.Duration;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;

/** A process that serves a filesystem in memory until it is unmounted. */
final class MemoryServer {
  private MemoryServer() {}

  /**
   * Serves.
   *
   * @param args the mount point
   */
  public static void main(String[] args) throws Exception {
    var memory = new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000);
    Options options = Options.defaults().withLifetimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    FuseServer.mount(memory, Path.of(args[0]), options, OperationListener.NONE).awaitEnd();
  }
}
