package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.MountFixture;

/** Mounts through the kernel binding. */
public final class MountExtension extends MountFixture<FuseServer> {
  @Override
  protected void requireMountable(Path mountPoint) throws MountException {
    FuseServer.requireMountable(mountPoint);
  }

  @Override
  protected FuseServer serve(
      FileSystem fs, Path mountPoint, Options options, OperationListener listener)
      throws MountException {
    return FuseServer.mount(fs, mountPoint, options, listener);
  }
}
