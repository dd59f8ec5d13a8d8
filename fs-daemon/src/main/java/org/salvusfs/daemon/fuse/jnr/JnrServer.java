package org.salvusfs.daemon.fuse.jnr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.fuse.kernel.LiveMount;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;

/** A filesystem mounted and served through libfuse2. Thread-safe. */
public final class JnrServer implements FuseMount {
  private final LiveMount mount;
  private final Duration patience;
  private final Readers readers;

  /** One unmount at a time; guards nothing else. */
  private final ReentrantLock unmounting = new ReentrantLock();

  private JnrServer(LiveMount mount, Duration patience, Readers readers) {
    this.mount = mount;
    this.patience = patience;
    this.readers = readers;
  }

  /**
   * Mounts a filesystem and starts to serve it. On return it can be used.
   *
   * @param fs served until the mount ends, then destroyed
   * @param mountPoint an existing, empty directory, or one with a dead mount of ours on it
   * @param options those that libfuse2 knows; names are kept for at most a second, attributes and
   *     absences not at all
   * @param wallClock nanoseconds since 1970, for timestamps that are to be now
   * @throws MountException with one sentence that says why it cannot be mounted; nothing was
   *     changed, and the filesystem not touched unless the mount went away meanwhile
   */
  public static JnrServer mount(
      FileSystem fs,
      Path mountPoint,
      Options options,
      OperationListener listener,
      LongSupplier wallClock)
      throws MountException {
    MountArguments.require(options);
    LibFuse2 library = LibFuse2.load(LibFuse2.FILE);
    var session = new Session(library, fs, listener, wallClock);
    LiveMount mount = LiveMount.make(mountPoint, directory -> session.open(directory, options));
    var server = new JnrServer(mount, options.unmountPatience(), session.serve(options));
    try {
      // The kernel answers nobody before the negotiation is over, which resets the read-ahead.
      Files.readAttributes(mount.path(), BasicFileAttributes.class);
    } catch (IOException e) {
      mount.detach();
      throw new MountException("The mount went away before it was in use: " + e + ".", e);
    }
    mount.readAhead(options.readAheadKib());
    return server;
  }

  /**
   * Throws what {@link #mount} would throw, as far as that can be known without mounting. Changes
   * nothing, except that a dead mount of ours is removed.
   */
  public static void requireMountable(Path mountPoint, Options options) throws MountException {
    MountArguments.require(options);
    LibFuse2.load(LibFuse2.FILE);
    FuseServer.requireMountable(mountPoint);
  }

  @Override
  public Path mountPoint() {
    return mount.path();
  }

  @Override
  public int size() {
    return readers.size();
  }

  @Override
  public void unmount() throws InterruptedException {
    if (readers.isOwnThread()) {
      throw new IllegalStateException("unmount() called from inside of an operation");
    }
    unmounting.lockInterruptibly();
    try {
      if (!readers.awaitServingEnd(Duration.ZERO)) {
        mount.leave(readers::awaitServingEnd, patience);
      }
    } finally {
      unmounting.unlock();
    }
    readers.awaitEnd();
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    readers.awaitEnd();
  }

  /** Nothing to do: attributes are not kept, and pages are dropped when a file is opened. */
  @Override
  public void invalidateNode(long node, long offset, long length) {}

  /** Nothing can be done: names are kept for a second. */
  @Override
  public void invalidateEntry(long parent, byte[] name) {}
}
