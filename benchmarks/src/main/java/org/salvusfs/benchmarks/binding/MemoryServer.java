package org.salvusfs.benchmarks.binding;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.FuseBinding;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.jnr.JnrServer;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;

/** A process that serves a filesystem in memory until it is unmounted. */
final class MemoryServer {
  /** The kernel keeps nothing. */
  static final Options OPTIONS =
      Options.defaults().withLifetimes(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  private MemoryServer() {}

  /**
   * Serves.
   *
   * @param args the name of a {@link FuseBinding}, the mount point
   */
  public static void main(String[] args) throws Exception {
    LongSupplier clock = () -> System.currentTimeMillis() * 1_000_000;
    var memory = new MemoryFileSystem(clock);
    Path mountPoint = Path.of(args[1]);
    FuseMount mount =
        switch (FuseBinding.valueOf(args[0])) {
          case KERNEL -> FuseServer.mount(memory, mountPoint, OPTIONS, OperationListener.NONE);
          case JNR -> JnrServer.mount(memory, mountPoint, OPTIONS, OperationListener.NONE, clock);
        };
    mount.awaitEnd();
  }
}
