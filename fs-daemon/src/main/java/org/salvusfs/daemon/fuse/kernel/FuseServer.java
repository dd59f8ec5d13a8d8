package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.FuseMount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted filesystem being served. Thread-safe.
 *
 * <p>Ends when it is unmounted, by {@link #unmount} or by anyone else; then the filesystem's {@link
 * FileSystem#destroy} is called once. Only {@link #size} and {@link #mountPoint} may be called from
 * inside of an operation of the filesystem: it would wait for itself.
 */
public final class FuseServer implements FuseMount {
  private static final Logger LOG = LoggerFactory.getLogger(FuseServer.class);

  private final MountPoint mountPoint;
  private final MountTable.Row row;
  private final Options options;
  private final Notifier notifier;
  private final WorkerPool pool;

  /** One unmount at a time; guards nothing else. */
  private final ReentrantLock unmounting = new ReentrantLock();

  private FuseServer(
      MountPoint mountPoint,
      MountTable.Row row,
      Options options,
      Notifier notifier,
      WorkerPool pool) {
    this.mountPoint = mountPoint;
    this.row = row;
    this.options = options;
    this.notifier = notifier;
    this.pool = pool;
  }

  /**
   * Mounts a filesystem and starts to serve it. On return it can be used.
   *
   * @param fs served until the mount ends, then destroyed; not touched if mounting fails
   * @param mountPoint an existing, empty directory, or one with a dead mount of ours on it
   * @throws MountException with one sentence that says why it cannot be mounted; nothing was
   *     changed
   */
  public static FuseServer mount(
      FileSystem fs, Path mountPoint, Options options, OperationListener listener)
      throws MountException {
    Device device = Device.open();
    MountPoint mounted = null;
    try {
      MountPoint prepared = MountPoint.prepare(mountPoint);
      MountTable.Row row = prepared.mount(device, options);
      mounted = prepared;
      new Handshake(options).perform(device);
      new KernelControls(row).readAhead(options.readAheadKib());
      var pool = pool(fs, device, options, listener);
      pool.start();
      return new FuseServer(prepared, row, options, new Notifier(device), pool);
    } catch (MountException | RuntimeException | Error e) {
      if (mounted != null) {
        mounted.detach();
      }
      device.close();
      throw e;
    }
  }

  /**
   * Throws what {@link #mount} would throw, as far as that can be known without mounting. Changes
   * nothing, except that a dead mount of ours is removed.
   */
  public static void requireMountable(Path mountPoint) throws MountException {
    Device.open().close();
    MountPoint.prepare(mountPoint).requireRight();
  }

  private static WorkerPool pool(
      FileSystem fs, Device device, Options options, OperationListener listener) {
    ThreadFactory threads = Thread.ofPlatform().name("fuse-", 0).factory();
    var interrupts = new Interrupts(options.interrupts());
    var dispatcher = new Dispatcher(fs, options, listener, interrupts);
    var worker = new Worker(device, dispatcher, options.lifetimes(), listener, System::nanoTime);
    Runnable afterwards =
        () -> {
          try {
            fs.destroy();
          } catch (RuntimeException e) {
            LOG.error("Defect in destroying the filesystem", e);
            listener.defect("DESTROY", e);
          } finally {
            device.close();
          }
        };
    return new WorkerPool(
        worker, interrupts, threads, options.threads(), options.threadsMax(), afterwards);
  }

  /** Where it is mounted: absolute, without symbolic links. */
  @Override
  public Path mountPoint() {
    return mountPoint.path();
  }

  /** How many threads serve at the moment. */
  @Override
  public int size() {
    return pool.size();
  }

  /**
   * Unmounts and waits for the end, {@link FileSystem#destroy} included. If files are open the
   * mount is taken out of the tree, and whoever has them open gets {@link Options#unmountPatience}
   * to close them before the connection is cut; what the kernel still holds dirty is written first.
   * Does nothing if it has ended already.
   *
   * @throws IllegalStateException if called from inside of an operation
   */
  @Override
  public void unmount() throws InterruptedException {
    if (pool.isOwnThread()) {
      throw new IllegalStateException("unmount() called from inside of an operation");
    }
    unmounting.lockInterruptibly();
    try {
      if (!pool.awaitWorkersEnd(Duration.ZERO)) {
        new LiveMount(mountPoint, row).leave(pool::awaitWorkersEnd, options.unmountPatience());
      }
    } finally {
      unmounting.unlock();
    }
    pool.awaitEnd();
  }

  /** Waits until the mount has ended, whoever unmounts it. */
  @Override
  public void awaitEnd() throws InterruptedException {
    pool.awaitEnd();
  }

  /**
   * Tells the kernel that a node's attributes and the given range of its contents have changed
   * without it.
   *
   * @param offset negative: only the attributes
   * @param length in bytes, 0 or negative: to the end
   */
  @Override
  public void invalidateNode(long node, long offset, long length) {
    notifier.invalidateNode(node, offset, length);
  }

  /** Tells the kernel that a name has appeared, changed its meaning or gone without it. */
  @Override
  public void invalidateEntry(long parent, byte[] name) {
    notifier.invalidateEntry(parent, name);
  }
}
