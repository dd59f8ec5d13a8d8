package org.salvusfs.daemon.fuse.kernel;

import java.io.Closeable;
import java.nio.file.Path;

/**
 * A mount that lives while nobody serves it: requests wait in the kernel. One {@link FuseServer}
 * leaves it, another, in this process or one that got the descriptor, takes it over. Thread-safe.
 */
public final class FuseConnection implements Closeable {
  private final Device device;
  private final Path mountPoint;
  private final Negotiated negotiated;

  FuseConnection(Device device, Path mountPoint, Negotiated negotiated) {
    this.device = device;
    this.mountPoint = mountPoint;
    this.negotiated = negotiated;
  }

  /**
   * The connection behind a descriptor of /dev/fuse, which now belongs to it.
   *
   * @param mountPoint absolute, without symbolic links
   */
  public static FuseConnection ofDescriptor(int fd, Path mountPoint, Negotiated negotiated) {
    return new FuseConnection(Device.ofDescriptor(fd), mountPoint, negotiated);
  }

  Device device() {
    return device;
  }

  /** The open /dev/fuse, to be sent to another process. */
  public int descriptor() {
    return device.descriptor();
  }

  public Path mountPoint() {
    return mountPoint;
  }

  public Negotiated negotiated() {
    return negotiated;
  }

  /** Lets go of the device; if nobody else has it, the mount is dead. */
  @Override
  public void close() {
    device.close();
  }
}
