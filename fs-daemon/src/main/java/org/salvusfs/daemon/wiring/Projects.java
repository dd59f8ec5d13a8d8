package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.daemon.vfs.ProjectFileSystem;
import org.salvusfs.daemon.vfs.ProjectOpener;
import org.salvusfs.daemon.vfs.ProjectState;
import org.salvusfs.daemon.vfs.QuotaAdmission;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.garbage.OpenProjects;
import org.salvusfs.metadata.lease.Leases;
import org.salvusfs.metadata.lease.OpenOutcome;
import org.salvusfs.metadata.log.HostIntentLog;
import org.salvusfs.metadata.log.MovedIntentLog;
import org.salvusfs.metadata.log.QuorumIntentLog;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.CommitListener;
import org.salvusfs.metadata.txg.DirtyBudget;
import org.salvusfs.metadata.txg.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projects that this daemon holds. Opening acquires the head, replays the log and makes the
 * filesystem; closing commits, gives the head back. Thread-safe; opening is one at a time, because
 * a second opening of a project would fence the first.
 */
final class Projects implements ProjectOpener, OpenProjects, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Projects.class);
  private static final Duration NODE_GRACE = Duration.ofMinutes(1);

  private final Stores stores;
  private final Lease lease;
  private final Leases leases;
  private final DaemonConfig config;
  private final Surroundings surroundings;
  private final Executor workers;
  private final ThreadFactory committers =
      Thread.ofPlatform().daemon().name("committer-", 0).factory();
  private final DirtyBudget dirtyBudget;
  private final CommitListener commits;
  private final Quotas quotas;

  /** Null until there is a mount. */
  private volatile Daemon.@Nullable Mounted mounted;

  /** Held while a project is opened or closed. */
  private final ReentrantLock opening = new ReentrantLock();

  private final Map<ProjectId, OpenProject> open = new ConcurrentHashMap<>();

  /** Openings that were found to be fenced off when they were to be settled. */
  private final Set<Fence> fenced = ConcurrentHashMap.newKeySet();

  Projects(
      Stores stores,
      Lease lease,
      Leases leases,
      DaemonConfig config,
      Surroundings surroundings,
      Executor workers,
      CommitListener commits,
      Quotas quotas) {
    this.stores = stores;
    this.lease = lease;
    this.leases = leases;
    this.config = config;
    this.surroundings = surroundings;
    this.workers = workers;
    this.dirtyBudget = new DirtyBudget(config.txg().dirtyBytesAll());
    this.commits = commits;
    this.quotas = quotas;
  }

  /** There is a mount, which shows these projects. */
  void mounted(Daemon.Mounted mount) {
    mounted = mount;
  }

  private void forgetAttributes(ProjectId project, long inode) {
    var shown = mounted;
    if (shown != null) {
      new KernelCaches(shown, project).attributes(inode);
    }
  }

  @Override
  public ProjectFileSystem open(Project project, ProjectState known) throws IOException {
    return held(project, known).fileSystem();
  }

  /** The project, opened if it is not yet. */
  OpenProject held(Project project) throws IOException {
    return held(project, ProjectState.unknown(project.id()));
  }

  private OpenProject held(Project project, ProjectState kernelKnows) throws IOException {
    opening.lock();
    try {
      var known = open.get(project.id());
      if (known != null) {
        return known;
      }
      requireLive(asOfNow(project));
      return openNow(project, kernelKnows, true);
    } finally {
      opening.unlock();
    }
  }

  private static void requireLive(Project project) throws MetadataException {
    if (!project.isLive()) {
      throw new MetadataException.Missing("project " + project.name() + " is in the trash");
    }
  }

  /**
   * Opens a project that is not open.
   *
   * @param mustBeLive whether to refuse one that was deleted: its last holder marks it before it
   *     gives it back
   */
  private OpenProject openNow(Project project, ProjectState kernelKnows, boolean mustBeLive)
      throws IOException {
    long term = lease.term();
    var opened =
        switch (leases.open(project.id())) {
          case OpenOutcome.Opened(Fence fence, Head before) ->
              recover(acquired(project, fence, mustBeLive), fence, term, before, kernelKnows);
          case OpenOutcome.HeldElsewhere(var holder) ->
              throw new MetadataException.Unavailable(
                  "project %s is held by host %s (%s)"
                      .formatted(project.id(), holder.name(), holder.host()));
        };
    open.put(project.id(), opened);
    sweep(project.id());
    return opened;
  }

  private Project acquired(Project project, Fence fence, boolean mustBeLive)
      throws MetadataException {
    Project now = asOfNow(project);
    if (mustBeLive && !now.isLive()) {
      leases.release(fence);
      requireLive(now);
    }
    return now;
  }

  /** Commits a project that nobody uses any more, and gives it back; nothing if it is not open. */
  void close(ProjectId id) throws IOException {
    opening.lock();
    try {
      release(id);
    } finally {
      opening.unlock();
    }
  }

  /**
   * Acquires a project that is in the trash and not open, with its log empty. Nobody serves it; the
   * caller gives it back.
   */
  Fence acquireDeleted(Project project) throws IOException {
    opening.lock();
    try {
      if (project.state() == Project.State.DELETED) {
        settle(project);
      }
      return acquire(project).fence();
    } finally {
      opening.unlock();
    }
  }

  /** What a crash left in its log is committed; of one that is damaged, the log is left alone. */
  private void settle(Project project) throws IOException {
    try {
      openNow(project, ProjectState.unknown(project.id()), false);
      release(project.id());
    } catch (MetadataException.Missing | MetadataException.Corrupt e) {
      log.warn("deleted project {} cannot be opened: {}", project.id(), e.getMessage());
    }
  }

  /** As the catalogue knows it now: limits may have changed since somebody looked it up. */
  private Project asOfNow(Project project) throws MetadataException {
    return Objects.requireNonNullElse(stores.metadata().projects().find(project.id()), project);
  }

  private OpenProject recover(
      Project project, Fence fence, long term, Head before, ProjectState kernelKnows)
      throws IOException {
    var codec = stores.codec(project);
    var tree = new Tree(project.id(), codec, stores.nodes());
    var compression = new AtomicReference<>(project.compression());
    var notice = new AtomicReference<>(Optional.<String>empty());
    Chunks chunks = stores.chunks(project, compression::get);
    var parts =
        new Transactions.Parts(
            lease,
            tree,
            stores.nodes(),
            stores.metadata().nodes(),
            stores.metadata().heads(),
            stores.metadata().snapshots(),
            log(project, codec, fence),
            chunks,
            surroundings.nanoClock(),
            committers,
            dirtyBudget,
            commits);
    var opened =
        Transactions.open(parts, options(), fence, term, before, view -> contents(chunks, view));
    var transactions = opened.transactions();
    var quota = quotas.of(project, transactions.counted());
    var setup =
        new ProjectFileSystem.Setup(
            project.id(),
            new QuotaAdmission(quota),
            stores::freeBytes,
            surroundings.wallClock(),
            surroundings.nanoClock(),
            new StoredSnapshots(
                project.id(),
                stores.metadata().snapshots(),
                tree,
                view -> contents(chunks, view),
                notice::get),
            inode -> forgetAttributes(project.id(), inode));
    try {
      var fileSystem = ProjectFileSystem.open(transactions, opened.contents(), setup, kernelKnows);
      log.info("project {} ({}) is open in epoch {}", project.name(), project.id(), fence.epoch());
      return new OpenProject(
          fence,
          project.name(),
          project.durability(),
          compression,
          notice,
          tree,
          transactions,
          quota,
          fileSystem);
    } catch (IOException | RuntimeException e) {
      transactions.close();
      throw e;
    }
  }

  /**
   * Contents of files of a project that may not be open, for those who only read.
   *
   * @param project null: one that has no contents
   */
  FileContents contents(@Nullable Project project, View view) throws IOException {
    return contents(
        project == null ? stores.blocks().chunks() : stores.chunks(project, () -> Compression.LZ4),
        view);
  }

  /** Contents of files that are read through a view, live or of a snapshot. */
  private FileContents contents(Chunks chunks, View view) {
    return new FileContents(chunks, view, workers, FileContents.Options.defaults(parallelism()));
  }

  /** Sets limits, which hold at once if the project is open here. */
  void limit(Project project, Limits limits) throws MetadataException {
    opening.lock();
    try {
      stores.metadata().projects().setLimits(project.id(), limits);
      ifOpen(project.id()).ifPresent(held -> held.quota().limit(limits));
    } finally {
      opening.unlock();
    }
  }

  /** Sets how a project is kept: its log moves when it is opened next, all else holds at once. */
  void store(Project project, StorageChange change) throws MetadataException {
    opening.lock();
    try {
      if (change.durability() != null) {
        stores.metadata().projects().setDurability(project.id(), change.durability());
      }
      Compression compression = change.compression();
      if (compression != null) {
        stores.metadata().projects().setCompression(project.id(), compression);
        ifOpen(project.id()).ifPresent(held -> held.compression().set(compression));
      }
    } finally {
      opening.unlock();
    }
  }

  private IntentLog log(Project project, BlockCodec codec, Fence fence) {
    var host = new HostIntentLog(stores.hostLogs(), codec, fence);
    var quorum = new QuorumIntentLog(stores.metadata().heads(), codec, fence);
    return switch (project.durability()) {
      case HOST -> new MovedIntentLog(host, quorum);
      case QUORUM -> new MovedIntentLog(quorum, host);
    };
  }

  private Transactions.Options options() {
    var txg = config.txg();
    return new Transactions.Options(
        txg.interval(), txg.dirtyBytes(), txg.items(), config.patience(), NODE_GRACE);
  }

  private static int parallelism() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The project if this daemon holds it. */
  Optional<OpenProject> ifOpen(ProjectId id) {
    return Optional.ofNullable(open.get(id));
  }

  /**
   * Has a worker go on with deletions of a project's snapshots that were marked but not done; what
   * fails is left to the next time.
   */
  void sweep(ProjectId id) {
    workers.execute(
        () -> {
          OpenProject project = open.get(id);
          if (project == null) {
            return;
          }
          try {
            stores.clones().forgetStrays(id);
            project.transactions().snapshots().sweep();
          } catch (MetadataException e) {
            log.warn("deleted snapshots of project {} keep their space: {}", id, e.getMessage());
          }
        });
  }

  @Override
  public void settle() throws IOException {
    List<OpenProject> held;
    opening.lock(); // whoever closes a project has committed it then
    try {
      held = all();
    } finally {
      opening.unlock();
    }
    for (OpenProject project : held) {
      try {
        project.transactions().settle();
      } catch (MetadataException.Fenced e) {
        // It serves nobody any more, and what it has not committed is lost.
        fenced.add(project.fence());
      }
    }
  }

  @Override
  public Transactions.@Nullable Pin pin(ProjectId id) {
    OpenProject project = open.get(id);
    return project == null || fenced.contains(project.fence())
        ? null
        : project.transactions().pinRoot();
  }

  List<OpenProject> all() {
    return List.copyOf(open.values());
  }

  /**
   * Does something with a project that this daemon does not serve meanwhile.
   *
   * @return empty if it is open
   */
  <T> Optional<T> whileClosed(Project project, Exclusive<T> work) throws IOException {
    opening.lock();
    try {
      if (open.containsKey(project.id())) {
        return Optional.empty();
      }
      held(project);
      release(project.id());
      return Optional.of(work.on(acquire(project)));
    } finally {
      opening.unlock();
    }
  }

  /** Work on a project that nobody serves and whose log is empty. */
  @FunctionalInterface
  interface Exclusive<T> {
    T on(OpenOutcome.Opened project) throws IOException;
  }

  private OpenOutcome.Opened acquire(Project project) throws IOException {
    return switch (leases.open(project.id())) {
      case OpenOutcome.Opened opened -> opened;
      case OpenOutcome.HeldElsewhere(var holder) ->
          throw new MetadataException.Unavailable("held by host " + holder.name());
    };
  }

  private void release(ProjectId id) throws IOException {
    var project = open.remove(id);
    if (project == null) {
      return;
    }
    try {
      project.transactions().close();
    } catch (IOException e) {
      // What is not committed is in the log: the head stays ours, and the next start replays it.
      leases.forget(project.fence());
      throw e;
    }
    leases.release(project.fence());
  }

  /** Gives a project back that {@link #whileClosed} acquired. */
  void giveBack(Fence fence) throws MetadataException {
    leases.release(fence);
  }

  /** Commits and gives back everything; no operation runs any more. */
  @Override
  public void close() throws IOException {
    @Nullable IOException first = null;
    opening.lock();
    try {
      for (var id : List.copyOf(open.keySet())) {
        try {
          release(id);
        } catch (IOException e) {
          log.error("project {} could not be closed", id, e);
          first = first == null ? e : first;
        }
      }
    } finally {
      opening.unlock();
    }
    if (first != null) {
      throw first;
    }
  }
}
