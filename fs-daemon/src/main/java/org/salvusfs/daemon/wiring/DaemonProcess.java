package org.salvusfs.daemon.wiring;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.Bill;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.CopyRequest;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DaemonStatus;
import org.salvusfs.daemon.management.DeletedProject;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.FileDifference;
import org.salvusfs.daemon.management.GarbageStatus;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.LimitsSet;
import org.salvusfs.daemon.management.LinkRequest;
import org.salvusfs.daemon.management.LinkStatus;
import org.salvusfs.daemon.management.ManagedBackups;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.ManagedExports;
import org.salvusfs.daemon.management.ManagedLinks;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.PurgedProject;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.daemon.management.ScrubStatus;
import org.salvusfs.daemon.management.SnapshotStatus;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.daemon.management.StreamReport;
import org.salvusfs.daemon.management.StreamWish;
import org.salvusfs.daemon.management.TargetName;
import org.salvusfs.metadata.api.Durability;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon of this process for those who run it and ask it: whichever {@link Daemon} serves now.
 * There is another one after a hand-over that failed, and none after one that succeeded.
 *
 * <p>Requests hold the shared side of {@code changing}, whoever replaces or ends the daemon the
 * other.
 */
final class DaemonProcess implements ManagedDaemon {
  private static final Logger log = LoggerFactory.getLogger(DaemonProcess.class);

  /** How long requests, such as a check, may keep a hand-over waiting. */
  private static final Duration REQUESTS_PATIENCE = Duration.ofSeconds(10);

  /** How long a request waits for a change that is under way. */
  private static final Duration CHANGE_PATIENCE = Duration.ofSeconds(3);

  private final DaemonConfig config;
  private final Consumer<String> progress;
  private final Surroundings surroundings;
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final AtomicBoolean handingOver = new AtomicBoolean();
  private final ReentrantReadWriteLock changing = new ReentrantReadWriteLock();

  /** Whether what takes long is to be broken off: the end would wait for it. */
  private volatile boolean isEnding;

  /** Null before the start and after the end. */
  private @Nullable Daemon current;

  private DaemonProcess(DaemonConfig config, Consumer<String> progress, Surroundings surroundings) {
    this.config = config;
    this.progress = progress;
    this.surroundings = surroundings;
  }

  /**
   * Starts a daemon.
   *
   * @param inherited the mount that it serves on; empty: it mounts
   */
  static DaemonProcess start(
      DaemonConfig config,
      Consumer<String> progress,
      Surroundings surroundings,
      Optional<Inheritance> inherited)
      throws DaemonException, InterruptedException {
    var process = new DaemonProcess(config, progress, surroundings);
    process.changing.writeLock().lock();
    try {
      process.assemble(inherited);
      return process;
    } finally {
      process.changing.writeLock().unlock();
    }
  }

  /** With the exclusive side of the lock. */
  private void assemble(Optional<Inheritance> inherited)
      throws DaemonException, InterruptedException {
    current = new DaemonStart(config, progress, surroundings, this, inherited).runOrUndo();
  }

  /** Breaks a check, a copy, a backup or a restore off. */
  private static final class Ending extends RuntimeException {
    private static final long serialVersionUID = 1;

    Ending() {
      super("the daemon ends");
    }
  }

  @FunctionalInterface
  private interface Request<T> {
    T to(Daemon daemon) throws DaemonException;
  }

  private <T> T ask(Request<T> request) throws DaemonException {
    enter();
    try {
      Daemon daemon = current;
      if (daemon == null) {
        throw new DaemonException.NotRunning("this daemon has ended");
      }
      return request.to(daemon);
    } finally {
      changing.readLock().unlock();
    }
  }

  /**
   * Takes the shared side. Does not wait for a change to the end: that waits for requests to end.
   */
  private void enter() throws DaemonException {
    try {
      if (!changing.readLock().tryLock(CHANGE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new DaemonException.Unavailable(
            "the daemon is about to start, to end or to hand over; try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.NotRunning("this daemon is ending");
    }
  }

  @Override
  public DaemonStatus status() throws DaemonException {
    return ask(Daemon::status);
  }

  @Override
  public ProjectStatus createProject(
      String name,
      Optional<Durability> durability,
      Optional<Compression> compression,
      boolean ownKey)
      throws DaemonException {
    return ask(daemon -> daemon.createProject(name, durability, compression, ownKey));
  }

  @Override
  public List<ProjectStatus> projects() throws DaemonException {
    return ask(Daemon::projects);
  }

  @Override
  public ProjectStatus project(String idOrName) throws DaemonException {
    return ask(daemon -> daemon.project(idOrName));
  }

  @Override
  public LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException {
    return ask(daemon -> daemon.setLimits(idOrName, change));
  }

  @Override
  public ProjectStatus setStorage(String idOrName, StorageChange change) throws DaemonException {
    return ask(daemon -> daemon.setStorage(idOrName, change));
  }

  @Override
  public Bill bill(String idOrName) throws DaemonException {
    return ask(daemon -> daemon.bill(idOrName));
  }

  @Override
  public List<EventStatus> events(Optional<String> idOrName, int days, int most)
      throws DaemonException {
    return ask(daemon -> daemon.events(idOrName, days, most));
  }

  @Override
  public CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    try {
      return ask(daemon -> daemon.check(idOrName, repair, unlessEnding(progress)));
    } catch (Ending e) {
      throw new DaemonException.NotRunning("the daemon ends before the check is done");
    }
  }

  private CheckProgress unlessEnding(CheckProgress progress) {
    return (done, total) -> {
      if (isEnding) {
        throw new Ending();
      }
      progress.at(done, total);
    };
  }

  @Override
  public ImportReport importDirectory(String idOrName, Path directory, CheckProgress progress)
      throws DaemonException {
    return ask(daemon -> daemon.importDirectory(idOrName, directory, progress));
  }

  @Override
  public CopyReport copy(String idOrName, CopyRequest request, CheckProgress progress)
      throws DaemonException {
    try {
      return ask(daemon -> daemon.copy(idOrName, request, unlessEnding(progress)));
    } catch (Ending e) {
      throw new DaemonException.NotRunning("the daemon ends before the copy is done");
    }
  }

  @Override
  public GarbageStatus collectGarbage() throws DaemonException {
    return ask(Daemon::collectGarbage);
  }

  @Override
  public GarbageStatus garbage(boolean wait) throws DaemonException {
    return ask(daemon -> daemon.garbage(wait));
  }

  @Override
  public ScrubStatus startScrub() throws DaemonException {
    return ask(Daemon::startScrub);
  }

  @Override
  public ScrubStatus scrub(boolean wait) throws DaemonException {
    return ask(daemon -> daemon.scrub(wait));
  }

  @Override
  public ManagedSnapshots snapshots() {
    return new AskedSnapshots();
  }

  /** Asks whichever daemon there is at the time of each request. */
  private final class AskedSnapshots implements ManagedSnapshots {
    @Override
    public SnapshotStatus create(String project, Optional<String> name, String comment)
        throws DaemonException {
      return ask(daemon -> daemon.snapshots().create(project, name, comment));
    }

    @Override
    public List<SnapshotStatus> list(String project) throws DaemonException {
      return ask(daemon -> daemon.snapshots().list(project));
    }

    @Override
    public SnapshotStatus show(String project, String snapshot) throws DaemonException {
      return ask(daemon -> daemon.snapshots().show(project, snapshot));
    }

    @Override
    public List<FileDifference> diff(String project, String earlier, Optional<String> later)
        throws DaemonException {
      return ask(daemon -> daemon.snapshots().diff(project, earlier, later));
    }

    @Override
    public void delete(String project, String snapshot) throws DaemonException {
      DaemonProcess.this.<Boolean>ask(
          daemon -> {
            daemon.snapshots().delete(project, snapshot);
            return true;
          });
    }

    @Override
    public SnapshotStatus hold(String project, String snapshot, String tag) throws DaemonException {
      return ask(daemon -> daemon.snapshots().hold(project, snapshot, tag));
    }

    @Override
    public SnapshotStatus release(String project, String snapshot, String tag)
        throws DaemonException {
      return ask(daemon -> daemon.snapshots().release(project, snapshot, tag));
    }

    @Override
    public SnapshotStatus rollback(String project, String snapshot) throws DaemonException {
      return ask(daemon -> daemon.snapshots().rollback(project, snapshot));
    }

    @Override
    public SnapshotStatus restore(String project, String snapshot, String path, Optional<String> to)
        throws DaemonException {
      return ask(daemon -> daemon.snapshots().restore(project, snapshot, path, to));
    }

    @Override
    public ProjectStatus setPolicy(String project, String policy) throws DaemonException {
      return ask(daemon -> daemon.snapshots().setPolicy(project, policy));
    }

    @Override
    public ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
        throws DaemonException {
      return ask(daemon -> daemon.snapshots().cloneProject(project, snapshot, name));
    }
  }

  @Override
  public ManagedTrash trash() {
    return new AskedTrash();
  }

  /** Likewise. */
  private final class AskedTrash implements ManagedTrash {
    @Override
    public List<DeletedProject> list() throws DaemonException {
      return ask(daemon -> daemon.trash().list());
    }

    @Override
    public DeletedProject delete(String project) throws DaemonException {
      return ask(daemon -> daemon.trash().delete(project));
    }

    @Override
    public ProjectStatus undelete(String project) throws DaemonException {
      return ask(daemon -> daemon.trash().undelete(project));
    }

    @Override
    public PurgedProject purge(String project, boolean force) throws DaemonException {
      return ask(daemon -> daemon.trash().purge(project, force));
    }
  }

  @Override
  public ManagedBackups backups() {
    return new AskedBackups();
  }

  /** Likewise; each goes on when it is begun again. */
  private final class AskedBackups implements ManagedBackups {
    @Override
    public BackupReport backup(
        TargetName target, List<String> projects, Optional<KeyCopy> key, CheckProgress progress)
        throws DaemonException {
      try {
        return ask(
            daemon -> daemon.backups().backup(target, projects, key, unlessEnding(progress)));
      } catch (Ending e) {
        throw new DaemonException.NotRunning("the daemon ends before the backup is done");
      }
    }

    @Override
    public RestoreReport restore(TargetName target, CheckProgress progress) throws DaemonException {
      try {
        return ask(daemon -> daemon.backups().restore(target, unlessEnding(progress)));
      } catch (Ending e) {
        throw new DaemonException.NotRunning("the daemon ends before the restore is done");
      }
    }
  }

  /** Whoever reads one is gone when the daemon ends, and so is the export. */
  @Override
  public ManagedExports exports() {
    return (project, snapshot, out) ->
        ask(daemon -> daemon.exports().export(project, snapshot, out));
  }

  @Override
  public ManagedLinks links() {
    return new AskedLinks();
  }

  /** Likewise. */
  private final class AskedLinks implements ManagedLinks {
    @Override
    public LinkStatus link(String project, LinkRequest request) throws DaemonException {
      return ask(daemon -> daemon.links().link(project, request));
    }

    @Override
    public List<LinkStatus> list(String project) throws DaemonException {
      return ask(daemon -> daemon.links().list(project));
    }

    @Override
    public LinkStatus unlink(String project, String path) throws DaemonException {
      return ask(daemon -> daemon.links().unlink(project, path));
    }
  }

  @Override
  public ManagedStreams streams() {
    return new AskedStreams();
  }

  /** Likewise; what is received is not read any more when the daemon ends. */
  private final class AskedStreams implements ManagedStreams {
    @Override
    public StreamReport export(StreamWish wish, Optional<ClusterKey> key, OutputStream out)
        throws DaemonException {
      return ask(daemon -> daemon.streams().export(wish, key, out));
    }

    @Override
    public ReceiveReport receive(Optional<String> name, Optional<ClusterKey> key, InputStream in)
        throws DaemonException {
      return ask(daemon -> daemon.streams().receive(name, key, in));
    }
  }

  /** Runs something while the present daemon serves, or not at all. */
  void whileServing(Runnable work) {
    if (!changing.readLock().tryLock()) {
      return;
    }
    try {
      if (current != null) {
        work.run();
      }
    } finally {
      changing.readLock().unlock();
    }
  }

  @Override
  public void commit() throws DaemonException {
    this.<Boolean>ask(
        daemon -> {
          daemon.commit();
          return true;
        });
  }

  @Override
  public void requestStop() {
    isEnding = true;
    stopRequested.countDown();
  }

  @Override
  public boolean awaitStopRequest(Duration timeout) throws InterruptedException {
    return stopRequested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void requestHandOver() throws DaemonException {
    if (!handingOver.compareAndSet(false, true)) {
      throw new DaemonException.Failed("a hand-over is under way already");
    }
    Thread.ofPlatform().name("hand-over").start(this::handOver);
  }

  private void handOver() {
    try {
      if (changing.writeLock().tryLock(REQUESTS_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        try {
          replace();
        } finally {
          changing.writeLock().unlock();
        }
      } else {
        Predecessor.refuse(config, "it is busy with a check or another long request");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("Defect in a hand-over: the daemon ends", e);
      requestStop();
    } finally {
      handingOver.set(false);
    }
  }

  private void replace() throws InterruptedException {
    Daemon daemon = current;
    if (daemon == null) {
      return; // it was closed meanwhile
    }
    var left = new Predecessor(config, daemon, progress).handOver();
    if (left.isStillServing()) {
      return;
    }
    current = null;
    if (left.inheritance().isEmpty()) {
      requestStop();
      return;
    }
    resume(left.inheritance().get());
  }

  /** Serves on what nobody took. */
  private void resume(Inheritance inheritance) throws InterruptedException {
    try {
      assemble(Optional.of(inheritance));
      progress.accept("the hand-over failed; this daemon serves on");
    } catch (DaemonException e) {
      inheritance.connection().close();
      progress.accept("the hand-over failed, and so did going on: " + e.getMessage());
      requestStop();
    }
  }

  @Override
  public void close() throws DaemonException {
    requestStop(); // what lasts ends by it
    changing.writeLock().lock();
    try {
      Daemon daemon = current;
      current = null;
      if (daemon != null) {
        daemon.close();
      }
    } finally {
      changing.writeLock().unlock();
    }
  }
}
