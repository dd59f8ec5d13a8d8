package org.salvusfs.daemon.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.datadir.Layout;
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
import org.salvusfs.metadata.api.Durability;

/** What a command can ask of a daemon. Methods block, and refuse as the daemon does. */
public final class ControlClient {
  /** How long the daemon is to keep an answer back while a job makes no progress. */
  private static final int WAIT_SECONDS = 30;

  private final Connection daemon;

  private ControlClient(Connection daemon) {
    this.daemon = daemon;
  }

  /**
   * Finds the daemon of a data directory.
   *
   * @throws DaemonException.NotRunning if none has announced itself
   */
  public static ControlClient of(Layout layout) throws DaemonException {
    var announced = DaemonFile.read(layout).orElseThrow(() -> Connection.notRunning(layout));
    try {
      var token = Files.readString(layout.controlToken()).strip();
      return new ControlClient(new Connection(layout, announced, token));
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          layout.controlToken() + " cannot be read; run as the owner of the data directory", e);
    }
  }

  public DaemonStatus status() throws DaemonException {
    return ask("GET", "/v1/status", null, DaemonStatus.class);
  }

  public List<ProjectStatus> projects() throws DaemonException {
    return List.of(ask("GET", "/v1/projects", null, ProjectStatus[].class));
  }

  public ProjectStatus project(String idOrName) throws DaemonException {
    return ask("GET", path(idOrName), null, ProjectStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public ProjectStatus createProject(
      String name, Optional<Durability> durability, Optional<Compression> compression)
      throws DaemonException {
    return createProject(name, durability, compression, false);
  }

  /** See {@code ManagedDaemon}. */
  public ProjectStatus createProject(
      String name,
      Optional<Durability> durability,
      Optional<Compression> compression,
      boolean ownKey)
      throws DaemonException {
    var wanted =
        new Messages.NewProject(
            name, word(durability.orElse(null)), word(compression.orElse(null)), ownKey);
    return ask("POST", "/v1/projects", wanted, ProjectStatus.class);
  }

  private static @Nullable String word(@Nullable Enum<?> choice) {
    return choice == null ? null : choice.name().toLowerCase(Locale.ROOT);
  }

  /** See {@code ManagedDaemon}. */
  public ProjectStatus setStorage(String idOrName, StorageChange change) throws DaemonException {
    var wanted = new Messages.NewStorage(word(change.durability()), word(change.compression()));
    return ask("POST", path(idOrName) + "/storage", wanted, ProjectStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public Bill bill(String idOrName) throws DaemonException {
    return ask("GET", path(idOrName) + "/bill", null, Bill.class);
  }

  /** See {@code ManagedDaemon}. */
  public LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException {
    return ask("POST", path(idOrName) + "/limits", Messages.NewLimits.of(change), LimitsSet.class);
  }

  /** See {@code ManagedDaemon}. */
  public List<EventStatus> events(Optional<String> idOrName, int days, int most)
      throws DaemonException {
    var path = eventsPath(idOrName) + "?days=" + days + "&most=" + most;
    return List.of(ask("GET", path, null, EventStatus[].class));
  }

  /**
   * Hears events: the last ones, oldest first, and then those that happen, also through an upgrade
   * of the daemon.
   *
   * @throws DaemonException.NotRunning when the daemon has ended; this never returns
   */
  public void followEvents(
      Optional<String> idOrName, int days, int most, Consumer<EventStatus> heard)
      throws DaemonException {
    var path = eventsPath(idOrName) + "?follow&days=" + days + "&most=" + most;
    var events = new ServerSentEvents(heard);
    var asked = daemon;
    while (true) {
      asked.follow(path, events);
      asked = of(daemon.layout()).daemon; // another one, perhaps
    }
  }

  private static String eventsPath(Optional<String> idOrName) {
    return idOrName.map(ControlClient::path).orElse("/v1") + "/events";
  }

  /** See {@code ManagedDaemon}. */
  public GarbageStatus collectGarbage() throws DaemonException {
    return ask("POST", "/v1/gc", null, GarbageStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public GarbageStatus garbage(boolean wait) throws DaemonException {
    return ask("GET", "/v1/gc?wait=" + (wait ? WAIT_SECONDS : 0), null, GarbageStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public ScrubStatus startScrub() throws DaemonException {
    return ask("POST", "/v1/scrub", null, ScrubStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public ScrubStatus scrub(boolean wait) throws DaemonException {
    return ask("GET", "/v1/scrub?wait=" + (wait ? WAIT_SECONDS : 0), null, ScrubStatus.class);
  }

  /** Returns when everything done so far is committed. */
  public void commit() throws DaemonException {
    order("POST", "/v1/commit");
  }

  /** See {@code ManagedDaemon}. */
  public void requestHandOver() throws DaemonException {
    order("POST", "/v1/hand-over");
  }

  /** Asks the daemon to stop; returns its pid at once. */
  public long stop() throws DaemonException {
    return ask("POST", "/v1/stop", null, Messages.Stopping.class).pid();
  }

  /**
   * See {@code ManagedDaemon}; progress is heard on this thread. If the same check of the project
   * is under way already, because whoever began it went away, this goes on with that one.
   */
  public CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    return follow(
        path(idOrName) + "/checks",
        new Messages.NewCheck(repair),
        progress,
        Messages.JobStatus::report);
  }

  /** See {@code ManagedDaemon}; as with {@link #check}, one that is under way is gone on with. */
  public ImportReport importDirectory(String idOrName, Path directory, CheckProgress progress)
      throws DaemonException {
    return follow(
        path(idOrName) + "/imports",
        new Messages.NewImport(directory.toString()),
        progress,
        Messages.JobStatus::imported);
  }

  /** See {@code ManagedDaemon}; as with {@link #check}, one that is under way is gone on with. */
  public CopyReport copy(String idOrName, CopyRequest request, CheckProgress progress)
      throws DaemonException {
    return follow(
        path(idOrName) + "/copies",
        new Messages.NewCopy(
            request.from(),
            request.snapshot().orElse(null),
            request.path(),
            request.to(),
            request.replace()),
        progress,
        Messages.JobStatus::copied);
  }

  /** A job from its beginning to its end. */
  <T> T follow(
      String path,
      Object wanted,
      CheckProgress progress,
      Function<Messages.JobStatus, @Nullable T> result)
      throws DaemonException {
    var job = ask("POST", path, wanted, Messages.JobStatus.class);
    while (job.isRunning()) {
      progress.at(job.done(), job.total());
      var next = "/v1/jobs/%s?wait=%d&after=%d".formatted(job.id(), WAIT_SECONDS, job.revision());
      job = ask("GET", next, null, Messages.JobStatus.class);
    }
    progress.at(job.done(), job.total());
    var problem = job.problem();
    if (problem != null) {
      throw Connection.exception(problem);
    }
    T report = result.apply(job);
    if (report == null) {
      throw new DaemonException.Failed("job " + job.id() + " ended without a report");
    }
    return report;
  }

  /** What can be asked about snapshots. */
  public ManagedSnapshots snapshots() {
    return new SnapshotClient(this);
  }

  /** What can be asked about backups. */
  public ManagedBackups backups() {
    return new BackupClient(this);
  }

  /** What can be asked about exports. */
  public ManagedExports exports() {
    return new ExportClient(daemon);
  }

  /** What can be asked about links. */
  public ManagedLinks links() {
    return new LinkClient(this);
  }

  /** What can be asked about snapshots on their way between projects. */
  public ManagedStreams streams() {
    return new StreamClient(daemon);
  }

  /** What can be asked about projects that are deleted. */
  public ManagedTrash trash() {
    return new TrashClient(this);
  }

  /** Makes a token; its secret cannot be asked for again. */
  public Messages.TokenMade createToken(Messages.NewToken wanted) throws DaemonException {
    return ask("POST", "/v1/tokens", wanted, Messages.TokenMade.class);
  }

  /** All tokens but the daemon's own, by name. */
  public List<Messages.TokenStatus> tokens() throws DaemonException {
    return List.of(ask("GET", "/v1/tokens", null, Messages.TokenStatus[].class));
  }

  /** Makes a token good for nothing. */
  public void revokeToken(String name) throws DaemonException {
    order("DELETE", "/v1/tokens/" + Connection.encoded(name));
  }

  static String path(String project) {
    return "/v1/projects/" + Connection.encoded(project);
  }

  /** What the daemon answers. */
  <T> T ask(String method, String path, @Nullable Object body, Class<T> type)
      throws DaemonException {
    return daemon.ask(method, path, body, type);
  }

  /** Asks for something that is answered by its being done. */
  void order(String method, String path) throws DaemonException {
    daemon.order(method, path);
  }
}
