package org.salvusfs.daemon.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.salvusfs.blockstore.api.WarmUp;
import org.salvusfs.daemon.api.ApiServer;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.metrics.CommitMeters;
import org.salvusfs.daemon.metrics.OperationMeters;
import org.salvusfs.daemon.metrics.ProjectMeters;
import org.salvusfs.daemon.metrics.RunMeters;
import org.salvusfs.daemon.metrics.ScrubMeters;
import org.salvusfs.daemon.metrics.SnapshotMeters;
import org.salvusfs.daemon.processors.AwakeProcessors;
import org.salvusfs.daemon.vfs.MountFileSystem;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.lease.HostLease;
import org.salvusfs.metadata.lease.LeaseOptions;
import org.salvusfs.metadata.lease.Leases;

/**
 * Puts a daemon together.
 *
 * <p>First everything that can be in the way is looked at, and nothing is changed: the data
 * directory, the key, the mount point, the port. Then, in this order: the data directory's lock,
 * Cassandra, the stores, the lease, the mount, the management API. Ending goes the other way:
 * nothing is accepted any more, the mount ends, every project is committed and given back, the
 * lease ends, the stores are closed, Cassandra is stopped, the lock is let go.
 *
 * <p>A daemon that inherits a mount opens the projects that the kernel uses instead of mounting,
 * and serves once nobody else may; until then its ending leaves mount and Cassandra alone.
 */
public final class DaemonStart {
  private static final int TOKEN_BYTES = 32;
  private static final int END_SECONDS_MAX = 30;

  private final DaemonConfig config;
  private final Consumer<String> progress;
  private final Surroundings surroundings;
  private final DaemonProcess process;
  private final Optional<Inheritance> inherited;
  private final ClosingOrder closing = new ClosingOrder();
  private final Mounting mounting;
  private final Legacy legacy = new Legacy();
  private boolean madeMountPoint;

  /**
   * @param process what the daemon belongs to, and is told when the mount ends
   * @param inherited the mount that it serves on; empty: it mounts
   */
  DaemonStart(
      DaemonConfig config,
      Consumer<String> progress,
      Surroundings surroundings,
      DaemonProcess process,
      Optional<Inheritance> inherited) {
    this.config = config;
    this.progress = progress;
    this.surroundings = surroundings;
    this.mounting = Mounting.of(config, surroundings.wallClock());
    this.process = process;
    this.inherited = inherited;
  }

  /**
   * Starts a daemon in this process; the projects can be used on return.
   *
   * @param progress hears a few words for each step
   * @throws DaemonException with one sentence if it cannot be started; what was started is ended
   */
  public static ManagedDaemon start(DaemonConfig config, Consumer<String> progress)
      throws DaemonException, InterruptedException {
    return DaemonProcess.start(config, progress, Surroundings.ofThisProcess(), Optional.empty());
  }

  /**
   * Starts a daemon in this process that takes the mount over from the one that runs on the same
   * data directory, without unmounting; the projects can be used on return, and the other has ended
   * or is about to.
   *
   * @throws DaemonException with one sentence if it cannot be; the other serves on then
   */
  public static ManagedDaemon takeOver(DaemonConfig config, Consumer<String> progress)
      throws DaemonException, InterruptedException {
    return new Successor(config, progress, Surroundings.ofThisProcess()).takeOver();
  }

  /** Puts the daemon together; if that fails, what was started is ended. */
  Daemon runOrUndo() throws DaemonException, InterruptedException {
    try {
      return run();
    } catch (DaemonException | InterruptedException | RuntimeException e) {
      undo(e);
      throw e;
    }
  }

  private void undo(Exception cause) {
    try {
      closing.close();
    } catch (DaemonException.Failed e) {
      cause.addSuppressed(e);
    }
    if (madeMountPoint) {
      try {
        Files.deleteIfExists(config.mount());
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private Daemon run() throws DaemonException, InterruptedException {
    if (inherited.isPresent()) {
      legacy.keep(); // until nobody else may want to serve it
    }
    DataDirectory.requireUsable(config.data());
    var layout = Layout.of(config.data());
    var keys = ClusterKeys.read(layout.clusterKey(), config.passphraseFile());
    var token = token();
    var api = closing.started("the management API's port", ApiServer.bind(config.control()));
    if (inherited.isEmpty()) {
      prepareMountPoint();
    }
    var data =
        closing.started(
            "the data directory", DataDirectory.open(config.data(), surroundings::newId));
    closing.started("the log file", LogFile.into(layout.logs()));
    warmUp();
    var stores = Stores.open(config, data, keys, surroundings, legacy, closing, progress);
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    closing.started("the meters", registry::close);
    var daemon = new Daemon(parts(data, stores, registry));
    mount(daemon, stores, registry);
    announce(daemon, api, token, registry);
    daemon.parts().garbage().start();
    daemon.parts().scrub().start();
    daemon.housekeeping(process::whileServing).start(housekeeper());
    daemon.linkWatch(process::whileServing).start(linkWatcher());
    return daemon;
  }

  private Daemon.Parts parts(DataDirectory data, Stores stores, MeterRegistry registry)
      throws DaemonException {
    var incarnation = surroundings.newId();
    var metadata = stores.metadata();
    var leaseOptions = leaseOptions();
    var lease =
        closing.started(
            "the lease",
            new HostLease(
                metadata.hosts(),
                data.host(),
                incarnation,
                surroundings.hostName(),
                leaseOptions,
                surroundings.nanoClock(),
                scheduler()));
    progress.accept("waiting for the lease");
    lease.start();
    try {
      lease.awaitValid();
    } catch (MetadataException.Unavailable e) {
      throw Explain.start(e);
    }
    var leases =
        new Leases(
            metadata.heads(),
            metadata.hosts(),
            data.host(),
            incarnation,
            leaseOptions,
            surroundings.nanoClock(),
            nanos -> Thread.sleep(Duration.ofNanos(nanos)));
    var commits = new CommitMeters(registry);
    var quotas = new Quotas(metadata, eventWriter(), surroundings.wallClock());
    var projects =
        closing.started(
            "the projects",
            new Projects(stores, lease, leases, config, surroundings, workers(), commits, quotas));
    var operations = new OperationMeters(registry);
    var catalogue = new Catalogue(stores, projects, surroundings, data.layout().directory());
    var limitsAndEvents = new LimitsAndEvents(stores, projects, catalogue, surroundings);
    var check = new ProjectCheck(stores, projects, surroundings);
    var garbage =
        closing.started(
            "the collection of garbage",
            new GarbageRuns(
                stores,
                projects,
                config.garbage(),
                data.host(),
                data.layout().restoring(),
                data.layout().garbage(),
                surroundings,
                new RunMeters(registry, "gc")));
    var scrub =
        closing.started(
            "the scrub",
            new ScrubRuns(
                stores.blocks(),
                metadata.events(),
                config.scrub(),
                data.layout().scrub(),
                surroundings,
                new ScrubMeters(registry)));
    return new Daemon.Parts(
        config,
        data,
        stores,
        lease,
        projects,
        catalogue,
        limitsAndEvents,
        check,
        garbage,
        scrub,
        operations,
        new SnapshotMeters(registry),
        surroundings,
        legacy,
        closing);
  }

  private LeaseOptions leaseOptions() {
    var usual = LeaseOptions.DEFAULT;
    return new LeaseOptions(
        usual.renewEvery(),
        usual.retryEvery(),
        usual.validFor(),
        usual.margin(),
        config.patience());
  }

  private ScheduledExecutorService scheduler() {
    var threads = Thread.ofPlatform().daemon().name("lease").factory();
    var scheduler = Executors.newSingleThreadScheduledExecutor(threads);
    closing.started("the lease's thread", () -> end(scheduler));
    return scheduler;
  }

  private ScheduledExecutorService housekeeper() {
    var threads = Thread.ofPlatform().daemon().name("housekeeping").factory();
    var housekeeper = Executors.newSingleThreadScheduledExecutor(threads);
    closing.started("the housekeeping", () -> end(housekeeper));
    return housekeeper;
  }

  private ScheduledExecutorService linkWatcher() {
    var threads = Thread.ofPlatform().daemon().name("links").factory();
    var watcher = Executors.newSingleThreadScheduledExecutor(threads);
    closing.started("the watch of links", () -> end(watcher));
    return watcher;
  }

  private ExecutorService workers() {
    var threads = Thread.ofPlatform().daemon().name("worker-", 0).factory();
    // One more than processors, because now and then each waits for a disk or for Cassandra.
    int count = Runtime.getRuntime().availableProcessors() + 1;
    var workers = Executors.newFixedThreadPool(count, threads);
    closing.started("the workers", () -> end(workers));
    return workers;
  }

  /** Beside the start, which waits for Cassandra most of the time. */
  private static void warmUp() {
    Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::run);
  }

  private ExecutorService eventWriter() {
    var threads = Thread.ofPlatform().daemon().name("events").factory();
    var writer = Executors.newSingleThreadExecutor(threads);
    closing.started("the thread that writes events", () -> end(writer));
    return writer;
  }

  private static void end(ExecutorService executor) throws InterruptedException {
    executor.shutdown();
    if (!executor.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
      executor.shutdownNow();
    }
  }

  /** Makes the directory if only that is missing; it goes again if the start fails. */
  private void prepareMountPoint() throws DaemonException {
    var mount = config.mount();
    try {
      Files.createDirectory(mount);
      madeMountPoint = true;
    } catch (FileAlreadyExistsException there) {
      madeMountPoint = false; // a directory, or a dead mount, which the kernel binding removes
    } catch (NoSuchFileException e) {
      throw new DaemonException.Obstructed(
          "the mount point %s cannot be made, because %s is not there"
              .formatted(mount, mount.getParent()),
          e);
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          "the mount point " + mount + " cannot be made (" + e + ")", e);
    }
    mounting.requireMountable();
  }

  private void mount(Daemon daemon, Stores stores, PrometheusMeterRegistry registry)
      throws DaemonException {
    var parts = daemon.parts();
    var fileSystem =
        new MountFileSystem(
            stores.metadata().projects(),
            parts.projects(),
            new LinkedProjects(stores, parts.projects(), surroundings.nanoClock()),
            stores::freeBytes,
            surroundings.wallClock(),
            surroundings.nanoClock());
    var mount = serve(fileSystem, listener(parts.operations()));
    daemon.mounted(new Daemon.Mounted(mount, fileSystem));
    Thread.ofVirtual().name("mount-watch").start(() -> stopWithMount(mount));
    HostMeters.register(registry, parts, mount);
  }

  private OperationListener listener(OperationMeters operations) {
    if (!config.fuse().keepAwake()) {
      return operations::completed;
    }
    var awake = AwakeProcessors.start(Thread.ofPlatform().daemon().name("awake").factory());
    if (awake.isEmpty()) {
      return operations::completed;
    }
    var processors = closing.started("the watch of processors", awake.get());
    return (operation, nanos, errno) -> {
      operations.completed(operation, nanos, errno);
      processors.served();
    };
  }

  private FuseMount serve(MountFileSystem fileSystem, OperationListener listener)
      throws DaemonException {
    if (inherited.isEmpty()) {
      progress.accept(mounting.words());
      return ending(mounting.mount(fileSystem, listener));
    }
    progress.accept("taking over " + config.mount());
    var from = inherited.get();
    try {
      fileSystem.restore(from.state().mount());
      var server = mounting.adopt(fileSystem, from.connection(), listener);
      ending(server);
      from.consent().await();
      legacy.own();
      server.serve();
      return server;
    } catch (IOException e) {
      throw Explain.start(e);
    }
  }

  private FuseMount ending(FuseMount mount) {
    closing.started(
        "the mount",
        () -> {
          if (legacy.isKept() && mount instanceof FuseServer server) {
            server.leave();
          } else {
            mount.unmount();
          }
        });
    return mount;
  }

  /** Without its mount the daemon is of no use. */
  private void stopWithMount(FuseMount mount) {
    try {
      mount.awaitEnd();
      if (!legacy.isKept()) {
        process.requestStop();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void announce(
      Daemon daemon, ApiServer api, String token, PrometheusMeterRegistry registry)
      throws DaemonException {
    var layout = daemon.parts().data().layout();
    var requests = Executors.newVirtualThreadPerTaskExecutor();
    closing.started("the management API's requests", () -> end(requests));
    closing.started("the management API", api);
    var projectMeters = new ProjectMeters(registry);
    try {
      SmallFile.write(layout.controlToken(), token + "\n");
      api.serve(
          new ApiServer.Served(
              process,
              () -> {
                projectMeters.show(HostMeters.sources(daemon.parts().projects()));
                return registry.scrape();
              },
              token,
              layout.tokens(),
              surroundings.wallClock(),
              surroundings.random(),
              requests));
      closing.started("the announcement", () -> DaemonFile.delete(layout));
      var pid = ProcessHandle.current().pid();
      var mount = config.mount().toString();
      new DaemonFile(pid, api.url(), api.certificateSha256(), mount).write(layout);
    } catch (IOException e) {
      throw Explain.start(e);
    }
  }

  private String token() {
    var bytes = new byte[TOKEN_BYTES];
    surroundings.random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
