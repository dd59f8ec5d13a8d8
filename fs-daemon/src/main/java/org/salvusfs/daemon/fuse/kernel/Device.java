package org.salvusfs.daemon.fuse.kernel;

import java.io.Closeable;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;

/**
 * An open /dev/fuse: one connection to the kernel. Thread-safe.
 *
 * <p>Workers use {@link #read} and {@link #write} without a lock, since the device is closed only
 * after they have ended. Everyone else uses {@link #send}.
 */
final class Device implements Closeable {
  static final String PATH = "/dev/fuse";

  private final int fd;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  private Device(int fd) {
    this.fd = fd;
  }

  /**
   * Opens the device.
   *
   * @throws MountException if it is missing or this process may not use it
   */
  static Device open() throws MountException {
    int fd = Libc.open(PATH, Libc.O_RDWR | Libc.O_CLOEXEC);
    if (fd >= 0) {
      return new Device(fd);
    }
    throw new MountException(refusal(-fd));
  }

  /** A device that another process opened. */
  static Device ofDescriptor(int fd) {
    return new Device(fd);
  }

  private static String refusal(int errno) {
    if (errno == Errno.ENOENT.code() || errno == Errno.ENODEV.code()) {
      return PATH
          + " is missing: load the kernel's module with 'modprobe fuse', or start the container with"
          + " --device /dev/fuse.";
    }
    if (errno == Errno.EACCES.code() || errno == Errno.EPERM.code()) {
      return "This user may not open "
          + PATH
          + ": run as root, or start the container with --device /dev/fuse --cap-add SYS_ADMIN.";
    }
    return PATH + " cannot be opened: " + Native.message(errno) + ".";
  }

  /** The descriptor's number, for mount(2). */
  int descriptor() {
    return fd;
  }

  /** Waits for a request; its length, or a negative errno. */
  long read(MemorySegment into, MemorySegment state) {
    return Libc.read(fd, into, into.byteSize(), state);
  }

  /** Writes one whole reply; its length, or a negative errno. */
  long write(MemorySegment from, long bytes, MemorySegment state) {
    return Libc.write(fd, from, bytes, state);
  }

  /**
   * Writes one whole message from a thread that is no worker; -ENODEV once the device is closed.
   */
  long send(MemorySegment from, MemorySegment state) {
    lock.readLock().lock();
    try {
      return closed ? -Errno.ENODEV.code() : Libc.write(fd, from, from.byteSize(), state);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Closes the device; with its last user the kernel ends the connection. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        Libc.close(fd);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
