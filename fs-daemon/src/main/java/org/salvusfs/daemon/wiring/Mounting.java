package org.salvusfs.daemon.wiring;

import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.FuseBinding;
import org.salvusfs.daemon.fuse.FuseChoice;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.jnr.JnrServer;
import org.salvusfs.daemon.fuse.kernel.FuseConnection;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;
import org.salvusfs.daemon.management.DaemonException;

/**
 * Mounts as the configuration says, through the binding that it chooses.
 *
 * @param wallClock nanoseconds since 1970
 */
record Mounting(Path mountPoint, FuseChoice choice, Options options, LongSupplier wallClock) {
  static Mounting of(DaemonConfig config, LongSupplier wallClock) {
    return new Mounting(config.mount(), config.fuse().choice(), options(config.fuse()), wallClock);
  }

  private static Options options(DaemonConfig.Fuse fuse) {
    var usual = Options.defaults();
    return usual
        .withThreads(fuse.threads(), Math.max(fuse.threads(), usual.threadsMax()))
        .withCaches(usual.cacheDirectories(), fuse.writeback());
  }

  private FuseBinding binding() {
    return choice.binding();
  }

  /** What is done, for people: where, through which binding, and who chose it. */
  String words() {
    var by = choice == FuseChoice.AUTO ? ", picked by auto" : "";
    return "mounting %s (fuse: %s%s)".formatted(mountPoint, binding().word(), by);
  }

  /** Throws what {@link #mount} would throw, as far as that is known without mounting. */
  void requireMountable() throws DaemonException {
    try {
      switch (binding()) {
        case KERNEL -> FuseServer.requireMountable(mountPoint);
        case JNR -> JnrServer.requireMountable(mountPoint, options);
      }
    } catch (MountException e) {
      throw Explain.mount(e);
    }
  }

  /** Mounts; the filesystem is served on return. */
  FuseMount mount(FileSystem fileSystem, OperationListener listener) throws DaemonException {
    try {
      return switch (binding()) {
        case KERNEL -> FuseServer.mount(fileSystem, mountPoint, options, listener);
        case JNR -> JnrServer.mount(fileSystem, mountPoint, options, listener, wallClock);
      };
    } catch (MountException e) {
      throw Explain.mount(e);
    }
  }

  /**
   * Takes over a mount from another daemon; it is not served yet.
   *
   * @throws DaemonException.Obstructed if it has gone, or only another binding or version can serve
   *     it
   */
  FuseServer adopt(FileSystem fileSystem, FuseConnection connection, OperationListener listener)
      throws DaemonException {
    if (binding() != FuseBinding.KERNEL) {
      throw new DaemonException.Obstructed(
          "the mount is served by the kernel binding, and fuse.binding is now "
              + binding().word()
              + "; ./salvus stop it and start it again");
    }
    try {
      return FuseServer.adopt(fileSystem, connection, options, listener);
    } catch (MountException e) {
      throw Explain.mount(e);
    }
  }
}
