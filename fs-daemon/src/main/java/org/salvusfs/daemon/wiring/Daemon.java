package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.fuse.FuseMount;
import org.salvusfs.daemon.fuse.kernel.FuseServer;
import org.salvusfs.daemon.handover.HandOver;
import org.salvusfs.daemon.management.Bill;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.CopyRequest;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DaemonStatus;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.GarbageStatus;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.LimitsSet;
import org.salvusfs.daemon.management.ManagedBackups;
import org.salvusfs.daemon.management.ManagedExports;
import org.salvusfs.daemon.management.ManagedLinks;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.ScrubStatus;
import org.salvusfs.daemon.management.StorageChange;
import org.salvusfs.daemon.metrics.OperationMeters;
import org.salvusfs.daemon.metrics.SnapshotMeters;
import org.salvusfs.daemon.vfs.MountFileSystem;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.quota.retention.Retention;
import org.salvusfs.quota.retention.SpaceBound;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One assembly of a daemon in this process, as {@link DaemonStart} put it together. */
final class Daemon {
  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  /** What a daemon is made of. */
  record Parts(
      DaemonConfig config,
      DataDirectory data,
      Stores stores,
      Lease lease,
      Projects projects,
      Catalogue catalogue,
      LimitsAndEvents limitsAndEvents,
      ProjectCheck check,
      GarbageRuns garbage,
      ScrubRuns scrub,
      OperationMeters operations,
      SnapshotMeters snapshotMeters,
      Surroundings surroundings,
      Legacy legacy,
      ClosingOrder closing) {}

  /** The mount and what it shows. */
  record Mounted(FuseMount mount, MountFileSystem fileSystem) {}

  /** How long operations under way may keep a hand-over waiting. */
  private static final Duration PAUSE_PATIENCE = Duration.ofSeconds(30);

  private final Parts parts;
  private final long startNanos;
  private volatile @Nullable Mounted mounted;
  private volatile @Nullable Keeper keeper;

  /** What goes on by itself, and what that shares with requests. */
  private record Keeper(
      AutomaticSnapshots automatic,
      SnapshotSpaces spaces,
      Trash trash,
      Snapshots snapshots,
      Backups backups,
      Exports exports,
      Linking links,
      Streams streams) {}

  Daemon(Parts parts) {
    this.parts = parts;
    this.startNanos = parts.surroundings().nanoClock().getAsLong();
  }

  /** The last step of the assembly. */
  void mounted(Mounted mount) {
    mounted = mount;
    parts.projects().mounted(mount);
    var automatic =
        new AutomaticSnapshots(
            () -> homes(mount),
            this::policy,
            parts.config().keeping().automaticMost(),
            parts.snapshotMeters());
    var spaces =
        new SnapshotSpaces(
            () -> parts.projects().all().stream().map(open -> space(open, mount)).toList(),
            new SpaceBound(parts.config().keeping().spaceFactor()));
    var snapshots = new Snapshots(parts, mount, automatic, spaces, open -> space(open, mount));
    var backups = new Backups(parts, snapshots);
    var exports = new Exports(parts, snapshots);
    keeper =
        new Keeper(
            automatic,
            spaces,
            new Trash(parts, mount),
            snapshots,
            backups,
            exports,
            new Linking(parts, mount),
            new Streams(parts, exports, new Receiving(parts, mount)));
  }

  /** What it does by itself; begun by whoever has a thread for it. */
  Housekeeping housekeeping(Housekeeping.Gate gate) {
    return new Housekeeping(
        keeper().automatic(),
        keeper().spaces(),
        keeper().trash(),
        parts.surroundings().wallClock(),
        gate);
  }

  /** What keeps links fresh; begun by whoever has a thread for it. */
  LinkWatch linkWatch(Housekeeping.Gate gate) {
    return new LinkWatch(mounted(), gate);
  }

  private List<AutomaticSnapshots.Home> homes(Mounted mount) {
    return parts.projects().all().stream().map(open -> home(open, mount)).toList();
  }

  private AutomaticSnapshots.Home home(OpenProject open, Mounted mount) {
    var store = parts.stores().metadata().snapshots();
    return Snapshots.home(
        open,
        store,
        parts.projects(),
        mount,
        () -> keeper().spaces().refusal(open.fence().project()).isPresent());
  }

  private SnapshotSpaces.Home space(OpenProject open, Mounted mount) {
    return new SnapshotSpaceHome(
        open,
        home(open, mount),
        parts.stores().metadata(),
        mount,
        parts.surroundings().wallClock());
  }

  /** One that nobody can read, because a newer version wrote it, is taken for the default. */
  private Retention policy(ProjectId id) throws MetadataException {
    var usual = parts.config().keeping().snapshots();
    Project project = parts.stores().metadata().projects().find(id);
    if (project == null || project.snapshotPolicy().isEmpty()) {
      return usual;
    }
    try {
      return Retention.parse(project.snapshotPolicy());
    } catch (IllegalArgumentException e) {
      log.warn("the snapshot policy of project {} is not used: {}", id, e.getMessage());
      return usual;
    }
  }

  Parts parts() {
    return parts;
  }

  DaemonStatus status() {
    var stores = parts.stores();
    long upNanos = parts.surroundings().nanoClock().getAsLong() - startNanos;
    return new DaemonStatus(
        new DaemonStatus.DaemonProcess(
            ProcessHandle.current().pid(),
            TimeUnit.NANOSECONDS.toSeconds(upNanos),
            parts.data().layout().directory().toString()),
        new DaemonStatus.CassandraServer(
            stores.cassandra().map(CassandraKeeper::pid).orElse(null),
            stores.contactPoints().stream()
                .map(point -> point.getHostString() + ":" + point.getPort())
                .toList()),
        parts.config().mount().toString(),
        parts.config().fuse().choice().binding().word(),
        parts.data().host().toString(),
        parts.surroundings().hostName(),
        stores.cluster().cluster().toString(),
        parts.lease().isValid(),
        listed(),
        parts.operations().snapshot());
  }

  /** While Cassandra is away, what is known without it. */
  private List<ProjectStatus> listed() {
    try {
      return parts.lease().isValid() ? parts.catalogue().all() : parts.catalogue().lastKnown();
    } catch (MetadataException e) {
      return parts.catalogue().lastKnown();
    }
  }

  ProjectStatus createProject(
      String name,
      Optional<Durability> durability,
      Optional<Compression> compression,
      boolean ownKey)
      throws DaemonException {
    try {
      return parts
          .catalogue()
          .create(
              name,
              durability.orElse(parts.config().durability()),
              compression.orElse(Compression.LZ4),
              ownKey);
    } catch (IOException e) {
      throw Explain.request("creating project \"" + name + "\"", e);
    }
  }

  List<ProjectStatus> projects() throws DaemonException {
    try {
      return parts.catalogue().all();
    } catch (IOException e) {
      throw Explain.request("listing the projects", e);
    }
  }

  ProjectStatus project(String idOrName) throws DaemonException {
    try {
      return parts.catalogue().status(parts.catalogue().find(idOrName));
    } catch (IOException e) {
      throw Explain.request("looking up project " + idOrName, e);
    }
  }

  LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException {
    try {
      return parts.limitsAndEvents().set(idOrName, change);
    } catch (IOException e) {
      throw Explain.request("setting the limits of project " + idOrName, e);
    }
  }

  ProjectStatus setStorage(String idOrName, StorageChange change) throws DaemonException {
    try {
      return parts.limitsAndEvents().setStorage(idOrName, change);
    } catch (IOException e) {
      throw Explain.request("changing how project " + idOrName + " is kept", e);
    }
  }

  Bill bill(String idOrName) throws DaemonException {
    try {
      return new Billing(
              parts.catalogue(),
              parts.projects(),
              parts.stores(),
              keeper().spaces(),
              parts.garbage())
          .of(idOrName);
    } catch (IOException e) {
      throw Explain.request("counting what project " + idOrName + " takes", e);
    }
  }

  List<EventStatus> events(Optional<String> idOrName, int days, int most) throws DaemonException {
    try {
      return parts.limitsAndEvents().events(idOrName, days, most);
    } catch (IOException e) {
      throw Explain.request("reading events", e);
    }
  }

  CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    try {
      var project = parts.catalogue().find(idOrName);
      return repair
          ? parts.check().repair(project, progress)
          : parts.check().check(project, progress);
    } catch (IOException e) {
      throw Explain.request("checking project " + idOrName, e);
    }
  }

  ImportReport importDirectory(String idOrName, Path directory, CheckProgress progress)
      throws DaemonException {
    try {
      var project = parts.catalogue().find(idOrName);
      return new Importing(parts.projects(), parts.surroundings(), mounted())
          .run(project, directory, progress);
    } catch (IOException e) {
      throw Explain.request("importing " + directory, e);
    }
  }

  CopyReport copy(String idOrName, CopyRequest request, CheckProgress progress)
      throws DaemonException {
    try {
      var source = parts.catalogue().find(request.from());
      var target = parts.catalogue().find(idOrName);
      return new Copying(parts, mounted()).run(source, target, request, progress);
    } catch (IOException e) {
      throw Explain.request("copying into project " + idOrName, e);
    }
  }

  GarbageStatus collectGarbage() {
    return parts.garbage().request();
  }

  GarbageStatus garbage(boolean wait) throws DaemonException {
    try {
      return wait ? parts.garbage().await() : parts.garbage().status();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed("interrupted while waiting for the garbage run", e);
    }
  }

  ScrubStatus startScrub() {
    return parts.scrub().request();
  }

  ScrubStatus scrub(boolean wait) throws DaemonException {
    try {
      return wait ? parts.scrub().await() : parts.scrub().status();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed("interrupted while waiting for the scrub", e);
    }
  }

  ManagedSnapshots snapshots() {
    return keeper().snapshots();
  }

  ManagedTrash trash() {
    return keeper().trash();
  }

  ManagedBackups backups() {
    return keeper().backups();
  }

  ManagedExports exports() {
    return keeper().exports();
  }

  ManagedLinks links() {
    return keeper().links();
  }

  ManagedStreams streams() {
    return keeper().streams();
  }

  private Keeper keeper() {
    return Objects.requireNonNull(keeper, "not mounted yet");
  }

  void commit() throws DaemonException {
    for (var project : parts.projects().all()) {
      try {
        project.transactions().commit();
      } catch (IOException e) {
        throw Explain.request("committing project " + project.fence().project(), e);
      }
    }
  }

  /**
   * Stops serving without unmounting, with everything committed: what comes waits in the kernel.
   * {@link #close} then leaves the mount and Cassandra as they are.
   *
   * @return what it takes to serve on, here or elsewhere
   * @throws DaemonException if that cannot be; the daemon serves on then
   */
  Inheritance pause() throws DaemonException, InterruptedException {
    var shown = mounted();
    if (!(shown.mount() instanceof FuseServer server)) {
      throw new DaemonException.Obstructed(
          "only a mount of the kernel binding can be handed over; ./salvus stop this one and start it again");
    }
    if (!server.pause(PAUSE_PATIENCE)) {
      throw new DaemonException.Failed(
          "operations under way do not end, or the mount has ended; its log has more");
    }
    try {
      commit();
    } catch (DaemonException | RuntimeException e) {
      server.serve();
      throw e;
    }
    parts.legacy().keep();
    var connection = server.connection();
    return new Inheritance(
        new HandOver(connection.mountPoint(), connection.negotiated(), shown.fileSystem().state()),
        connection,
        Inheritance.GIVEN);
  }

  private Mounted mounted() {
    return Objects.requireNonNull(mounted, "not mounted yet");
  }

  /** Ends everything, in the opposite order. */
  void close() throws DaemonException {
    parts.closing().close();
  }
}
