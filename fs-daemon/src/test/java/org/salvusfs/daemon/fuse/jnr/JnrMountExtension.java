package org.salvusfs.daemon.fuse.jnr;

import java.nio.file.Path;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.MountFixture;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;

/** Mounts through libfuse2. */
final class JnrMountExtension extends MountFixture<JnrServer> {
  @Override
  protected void requireMountable(Path mountPoint) throws MountException {
    JnrServer.requireMountable(mountPoint, options());
  }

  @Override
  protected JnrServer serve(
      FileSystem fs, Path mountPoint, Options options, OperationListener listener)
      throws MountException {
    return JnrServer.mount(
        fs, mountPoint, options, listener, () -> System.currentTimeMillis() * 1_000_000);
  }
}
