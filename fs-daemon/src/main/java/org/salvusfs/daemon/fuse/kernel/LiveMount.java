package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount of ours as the machine sees it, whoever called mount(2) and whoever serves it: how it is
 * tuned and how it is left. Not to be used by a thread that serves it.
 */
public final class LiveMount {
  private static final Logger LOG = LoggerFactory.getLogger(LiveMount.class);

  private final MountPoint mountPoint;
  private final MountTable.Row row;

  LiveMount(MountPoint mountPoint, MountTable.Row row) {
    this.mountPoint = mountPoint;
    this.row = row;
  }

  /** Mounts a filesystem of {@link #type} on a directory. */
  @FunctionalInterface
  public interface Mounter {
    void mountOn(Path directory) throws MountException;
  }

  /** Waits for the end of all that serve; false if the time was too short. */
  @FunctionalInterface
  public interface ServingEnd {
    boolean await(Duration patience) throws InterruptedException;
  }

  /**
   * Has somebody else mount on a directory, under the same conditions as the kernel binding.
   *
   * @throws MountException if that is not possible; then nothing is mounted
   */
  public static LiveMount make(Path directory, Mounter mounter) throws MountException {
    MountPoint mountPoint = MountPoint.prepare(directory);
    mountPoint.requireRight();
    mounter.mountOn(mountPoint.path());
    try {
      MountTable.Row row =
          MountTable.read()
              .on(mountPoint.path())
              .filter(found -> found.type().equals(MountPoint.TYPE))
              .orElseThrow(
                  () -> new MountException("The mount on " + directory + " has gone at once."));
      return new LiveMount(mountPoint, row);
    } catch (IOException e) {
      mountPoint.detach();
      throw new MountException("The table of mounts cannot be read: " + e + ".", e);
    }
  }

  /** The type that every mount of ours has in the mount table. */
  public static String type() {
    return MountPoint.TYPE;
  }

  /** Where it is mounted: absolute, without symbolic links. */
  public Path path() {
    return mountPoint.path();
  }

  /** Sets how far the kernel reads ahead, once the connection has been negotiated. */
  public void readAhead(int kib) {
    new KernelControls(row).readAhead(kib);
  }

  /** Takes the mount out of the tree; it ends when the last user lets go. */
  public void detach() {
    mountPoint.detach();
  }

  /**
   * Unmounts; if files are open, writes back what the kernel holds dirty, takes the mount out of
   * the tree, and cuts the connection if they are not closed within the patience.
   */
  public void leave(ServingEnd serving, Duration patience) throws InterruptedException {
    // Somebody else may have unmounted it, and another filesystem may be mounted there by now.
    if (mountPoint.holds(row) && mountPoint.unmount() < 0) {
      LOG.info("{} is in use; it ends when its files are closed", mountPoint.path());
      writeBack(patience);
      mountPoint.detach();
    }
    if (!serving.await(patience)) {
      LOG.warn("{} is still in use: the connection is cut", mountPoint.path());
      try {
        new KernelControls(row).abort();
      } catch (IOException e) {
        LOG.error("The connection cannot be cut; it ends with its last user", e);
      }
    }
  }

  /** Lets the kernel write its dirty pages; gives up with the patience if nothing answers. */
  private void writeBack(Duration patience) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("fuse-writeback")
            .start(
                () -> {
                  int fd = Libc.open(mountPoint.path().toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
                  if (fd >= 0) {
                    Libc.syncfs(fd);
                    Libc.close(fd);
                  }
                });
    thread.join(patience);
  }
}
