package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.salvusfs.daemon.posix.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files below /sys by which one mount's connection is tuned and ended. */
final class KernelControls {
  private static final Logger LOG = LoggerFactory.getLogger(KernelControls.class);
  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");

  private final MountTable.Row mount;

  KernelControls(MountTable.Row mount) {
    this.mount = mount;
  }

  /**
   * Sets how far the kernel reads ahead: INIT can only make less of the default of 128 KiB. Must
   * not be called by a worker. Where /sys cannot be written the default stays, which is only
   * slower.
   */
  void readAhead(int kib) {
    Path setting = Path.of("/sys/class/bdi", mount.device(), "read_ahead_kb");
    if (!Files.isWritable(setting)) {
      LOG.info("Read-ahead stays at the kernel's default: {} is not ours to write", setting);
      return;
    }
    try {
      write(setting, Integer.toString(kib));
    } catch (IOException e) {
      LOG.warn("Read-ahead stays at the kernel's default, since {} cannot be written", setting, e);
    }
  }

  /**
   * Ends the connection: whoever waits for an answer gets ECONNABORTED, and the workers end. Does
   * nothing if it has ended already.
   *
   * @throws IOException if the kernel's control directory cannot be reached
   */
  void abort() throws IOException {
    try {
      write(CONNECTIONS.resolve(mount.connection()).resolve("abort"), "1");
    } catch (NoSuchFileException e) {
      if (MountTable.read().on(CONNECTIONS).isEmpty()) {
        abortThroughOwnMount();
      }
    }
  }

  /** Containers often lack the mount of fusectl, so it is made for a moment. */
  private void abortThroughOwnMount() throws IOException {
    Path directory = Files.createTempDirectory("salvus-fusectl");
    try {
      int result = Libc.mount("fusectl", directory.toString(), "fusectl", 0, "");
      if (result < 0) {
        throw new IOException("fusectl cannot be mounted: " + Native.message(-result));
      }
      try {
        write(directory.resolve(mount.connection()).resolve("abort"), "1");
      } catch (NoSuchFileException e) {
        LOG.debug("The connection {} has ended already", mount.connection(), e);
      } finally {
        Libc.umount(directory.toString(), Libc.MNT_DETACH);
      }
    } finally {
      Files.delete(directory);
    }
  }

  private static void write(Path file, String value) throws IOException {
    Files.writeString(file, value, StandardOpenOption.WRITE);
  }
}
