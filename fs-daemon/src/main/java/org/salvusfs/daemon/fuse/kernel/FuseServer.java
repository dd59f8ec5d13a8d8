package org.salvusfs.daemon.fuse.kernel;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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

  private final FuseConnection connection;
  private final MountPoint mountPoint;
  private final MountTable.Row row;
  private final FileSystem fs;
  private final Options options;
  private final OperationListener listener;
  private final Notifier notifier;

  /** One unmount, pause or resumption at a time; guards nothing else. */
  private final ReentrantLock changing = new ReentrantLock();

  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** The workers that serve, or served last; null until the first have begun. */
  private volatile @Nullable WorkerPool pool;

  /** Set while the workers end although the mount goes on. */
  private volatile boolean pausing;

  private FuseServer(
      FileSystem fs,
      FuseConnection connection,
      MountTable.Row row,
      Options options,
      OperationListener listener) {
    this.fs = fs;
    this.connection = connection;
    this.mountPoint = new MountPoint(connection.mountPoint());
    this.row = row;
    this.options = options;
    this.listener = listener;
    this.notifier = new Notifier(connection.device());
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
    MountPoint prepared = MountPoint.prepare(mountPoint);
    Device device = prepared.mount(options);
    try {
      MountTable.Row row = prepared.mounted();
      Negotiated negotiated = new Handshake(options).perform(device);
      new KernelControls(row).readAhead(options.readAheadKib());
      var connection = new FuseConnection(device, prepared.path(), negotiated);
      var server = new FuseServer(fs, connection, row, options, listener);
      server.serve();
      return server;
    } catch (MountException | RuntimeException | Error e) {
      prepared.detach();
      device.close();
      throw e;
    }
  }

  /**
   * Takes over a mount that another server has left; {@link #serve} begins. The connection stays
   * open if this fails.
   *
   * @param fs knows everything by the numbers that the kernel has learned from the filesystem
   *     before
   * @throws MountException if the mount has gone, or this version cannot serve it
   */
  public static FuseServer adopt(
      FileSystem fs, FuseConnection connection, Options options, OperationListener listener)
      throws MountException {
    connection.negotiated().requireServable();
    MountTable.Row row = new MountPoint(connection.mountPoint()).mounted();
    return new FuseServer(fs, connection, row, options, listener);
  }

  /**
   * Throws what {@link #mount} would throw, as far as that can be known without mounting. Changes
   * nothing, except that a dead mount of ours is removed.
   */
  public static void requireMountable(Path mountPoint) throws MountException {
    Device.open().close();
    MountPoint.prepare(mountPoint).requireRight();
  }

  /** Starts to read requests: once after {@link #adopt}, and again after {@link #pause}. */
  public void serve() {
    ThreadFactory threads = Thread.ofPlatform().name("fuse-", 0).factory();
    var interrupts = new Interrupts(options.interrupts());
    boolean opens = connection.negotiated().opens();
    var dispatcher = new Dispatcher(fs, options, opens, listener, interrupts);
    var worker =
        new Worker(
            connection.device(), dispatcher, options.lifetimes(), listener, System::nanoTime);
    var started =
        new WorkerPool(
            worker,
            interrupts,
            threads,
            options.threads(),
            options.threadsMax(),
            this::workersEnded);
    pausing = false;
    pool = started;
    started.start();
  }

  private void workersEnded() {
    if (!pausing) {
      endWithMount();
    }
  }

  private void endWithMount() {
    end();
    connection.close();
  }

  private void end() {
    if (!ending.compareAndSet(false, true)) {
      return;
    }
    try {
      fs.destroy();
    } catch (RuntimeException e) {
      LOG.error("Defect in destroying the filesystem", e);
      listener.defect("DESTROY", e);
    } finally {
      ended.countDown();
    }
  }

  /**
   * Answers what was read and reads no more; the kernel keeps what comes, and who asks waits. Then
   * either {@link #serve} goes on or {@link #leave} ends this server.
   *
   * @param patience how long operations under way may take
   * @return false if they took longer, or the mount is ending; nothing has changed then
   */
  public boolean pause(Duration patience) throws InterruptedException {
    changing.lockInterruptibly();
    try {
      WorkerPool serving = pool;
      if (serving == null || ending.get()) {
        return false;
      }
      pausing = true;
      boolean paused = serving.stop(patience);
      if (paused) {
        serving.awaitEnd();
        return true;
      }
      pausing = false;
      if (serving.awaitWorkersEnd(Duration.ZERO)) {
        endWithMount(); // the mount ended meanwhile
      }
      return false;
    } finally {
      changing.unlock();
    }
  }

  /**
   * After {@link #pause}: ends this server, the filesystem included, and leaves the mount to
   * whoever takes it over.
   */
  public void leave() {
    end();
  }

  /** To be handed to who takes over, after {@link #pause}. */
  public FuseConnection connection() {
    return connection;
  }

  /** Where it is mounted: absolute, without symbolic links. */
  @Override
  public Path mountPoint() {
    return mountPoint.path();
  }

  /** How many threads serve at the moment. */
  @Override
  public int size() {
    WorkerPool serving = pool;
    return serving == null ? 0 : serving.size();
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
    WorkerPool last = pool;
    if (last != null && last.isOwnThread()) {
      throw new IllegalStateException("unmount() called from inside of an operation");
    }
    changing.lockInterruptibly();
    try {
      if (pausing && !ending.get()) {
        serve(); // the kernel writes back what is dirty
      }
      WorkerPool serving = pool;
      if (serving == null) {
        throw new IllegalStateException("unmount() called before serve()");
      }
      if (!serving.awaitWorkersEnd(Duration.ZERO)) {
        new LiveMount(mountPoint, row).leave(serving::awaitWorkersEnd, options.unmountPatience());
      }
    } finally {
      changing.unlock();
    }
    awaitEnd();
  }

  /** Waits until the mount has ended, whoever unmounts it, or this server has left it. */
  @Override
  public void awaitEnd() throws InterruptedException {
    ended.await();
    WorkerPool last = pool;
    if (last != null) {
      last.awaitEnd();
    }
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
