package org.salvusfs.daemon.management;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;

/** Keeps projects as names in memory. */
public final class FakeDaemon implements ManagedDaemon {
  private static final QuotaStatus NO_LIMITS =
      new QuotaStatus(null, null, Limits.DEFAULT_GRACE.toSeconds(), null, null, 0);

  private final Map<String, ProjectStatus> byName = new TreeMap<>();
  private final FakeSnapshots snapshots = new FakeSnapshots(this);
  private final FakeTrash trash = new FakeTrash(this);
  private final FakeLinks links = new FakeLinks(this);
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private List<String> findings = List.of();
  private final FakeBackups backups = new FakeBackups(() -> findings);
  private final FakeExports exports = new FakeExports(this);
  private final FakeStreams streams = new FakeStreams(this);
  private final List<EventStatus> happened = new CopyOnWriteArrayList<>();
  private boolean closed;
  private int handOvers;
  private int garbageRuns;
  private int scrubs;
  private GarbageRun.Phase garbageOutcome = GarbageRun.Phase.DONE;

  /** How the next runs of the collection of garbage end. */
  public void endGarbageRuns(GarbageRun.Phase outcome) {
    garbageOutcome = outcome;
  }

  /** What the next checks find, and exports leave out. */
  public void plant(String... found) {
    findings = List.of(found);
  }

  /** What events begin with from now on. */
  public void happen(EventStatus event) {
    happened.add(event);
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public DaemonStatus status() {
    return new DaemonStatus(
        new DaemonStatus.DaemonProcess(ProcessHandle.current().pid(), 61, "/data"),
        new DaemonStatus.CassandraServer(42L, List.of("127.0.0.1:9042")),
        "/projects",
        "kernel",
        new UUID(1, 2).toString(),
        "grinzing",
        new UUID(3, 4).toString(),
        true,
        projects(),
        Map.of("lookup", new OperationStatus(12, 3, 10.5, 99.9, 120)));
  }

  @Override
  public ProjectStatus createProject(
      String name,
      Optional<Durability> durability,
      Optional<Compression> compression,
      boolean ownKey)
      throws DaemonException {
    if (byName.containsKey(name)) {
      throw new DaemonException.NameTaken("there is a project named \"" + name + "\" already");
    }
    if (name.contains("/")) {
      throw new DaemonException.Invalid("a project's name has no slash");
    }
    var id = new UUID(7, byName.size()).toString();
    var home = word(durability.orElse(Durability.HOST));
    var project =
        new ProjectStatus(
            id,
            name,
            home,
            home,
            word(compression.orElse(Compression.LZ4)),
            ownKey,
            "2026-11-20T12:00:00Z",
            true,
            5L,
            "ab12",
            1000L,
            7L,
            false,
            NO_LIMITS,
            null);
    byName.put(name, project);
    return project;
  }

  @Override
  public List<ProjectStatus> projects() {
    return List.copyOf(byName.values());
  }

  @Override
  public ProjectStatus project(String idOrName) throws DaemonException {
    return byName.values().stream()
        .filter(one -> one.name().equals(idOrName) || one.id().equals(idOrName))
        .findFirst()
        .orElseThrow(() -> new DaemonException.UnknownProject("there is no project " + idOrName));
  }

  @Override
  public LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException {
    var before = project(idOrName);
    Limits limits;
    try {
      limits = change.applied(Limits.NONE, Objects.requireNonNull(before.bytes()));
    } catch (IllegalArgumentException e) {
      throw new DaemonException.Invalid(String.valueOf(e.getMessage()));
    }
    var quota =
        new QuotaStatus(
            limits.hardBytes(),
            limits.softBytes(),
            limits.grace().toSeconds(),
            null,
            limits.inodes(),
            limits.reserveBytes());
    var after =
        new ProjectStatus(
            before.id(),
            before.name(),
            before.durability(),
            before.durabilityNow(),
            before.compression(),
            before.ownKey(),
            before.created(),
            before.open(),
            before.txg(),
            before.root(),
            before.bytes(),
            before.inodes(),
            before.dirty(),
            quota,
            before.snapshots());
    byName.put(after.name(), after);
    boolean isFull = limits.hardBytes() < Objects.requireNonNull(before.bytes());
    return new LimitsSet(after, isFull ? List.of("it is full") : List.of());
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Bill bill(String idOrName) throws DaemonException {
    var project = project(idOrName);
    var one =
        new Bill.OfSnapshot(
            "first", "2026-11-21T10:00:00Z", "manual", 2L << 20, 1L << 20, List.of("x"), 2);
    return new Bill(
        project.id(),
        project.name(),
        5L << 20,
        7,
        3L << 20,
        1L << 21,
        "full",
        new Bill.Stored("2026-11-21T11:00:00Z", 4L << 20, 6L << 20, 1L << 20, 1L << 10),
        9L << 20,
        List.of(one));
  }

  /** The durability holds later, as if the project were open. */
  @Override
  public ProjectStatus setStorage(String idOrName, StorageChange change) throws DaemonException {
    var before = project(idOrName);
    var durability = change.durability();
    var compression = change.compression();
    var after =
        new ProjectStatus(
            before.id(),
            before.name(),
            durability == null ? before.durability() : word(durability),
            before.durabilityNow(),
            compression == null ? before.compression() : word(compression),
            before.ownKey(),
            before.created(),
            before.open(),
            before.txg(),
            before.root(),
            before.bytes(),
            before.inodes(),
            before.dirty(),
            before.quota(),
            before.snapshots());
    byName.put(after.name(), after);
    return after;
  }

  @Override
  public List<EventStatus> events(Optional<String> idOrName, int days, int most)
      throws DaemonException {
    var name = idOrName.isPresent() ? project(idOrName.get()).name() : "all";
    var events = new ArrayList<>(happened.reversed());
    events.add(
        new EventStatus(
            "2026-11-21T10:00:00Z", name, "quota-hit", days + " days, " + most + " at most"));
    return events;
  }

  @Override
  public CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    var project = project(idOrName);
    if (findings.contains("cassandra away")) {
      throw new DaemonException.Unavailable("Cassandra does not answer");
    }
    for (int done = 0; done <= 10; done++) {
      progress.at(done, 10);
    }
    return new CheckReport(project.id(), 5, 1, 7, 2, findings, 0, repair ? findings.size() : 0);
  }

  @Override
  public ImportReport importDirectory(String idOrName, Path directory, CheckProgress progress)
      throws DaemonException {
    var project = project(idOrName);
    progress.at(1_000_000, 0);
    progress.at(2_000_000, 4_000_000);
    return new ImportReport(project.id(), 3, 1, 2_000_000, findings, 0);
  }

  /** Everything has as many entries as its path has characters. */
  @Override
  public CopyReport copy(String idOrName, CopyRequest request, CheckProgress progress)
      throws DaemonException {
    var target = project(idOrName);
    project(request.from());
    if (request.to().equals("taken") && !request.replace()) {
      throw new DaemonException.NameTaken("there is \"taken\" already; --force replaces it");
    }
    progress.at(1, 0);
    var all = request.snapshot().map(snapshot -> snapshot + "/").orElse("") + request.path();
    return new CopyReport(target.id(), all.length(), 3_000_000);
  }

  @Override
  public ManagedBackups backups() {
    return backups;
  }

  /** Keys of all streams so far. */
  public List<Optional<ClusterKey>> streamKeys() {
    return streams.keys();
  }

  /** How long the last stream was that was read to its end. */
  public long receivedBytes() {
    return streams.receivedBytes();
  }

  /** See {@link FakeStreams#awaitReceives}. */
  public boolean awaitReceives(int count) throws InterruptedException {
    return streams.awaitReceives(count);
  }

  @Override
  public ManagedStreams streams() {
    return streams;
  }

  @Override
  public ManagedExports exports() {
    return exports;
  }

  /** The next export goes on for as long as somebody takes it. */
  public void exportWithoutEnd() {
    exports.goOn();
  }

  /** Waits until such an export was given up; false if it was not within {@code timeout}. */
  public boolean awaitExportEnd(Duration timeout) throws InterruptedException {
    return exports.awaitEnd(timeout);
  }

  /** What {@link #plant} was given. */
  List<String> planted() {
    return findings;
  }

  @Override
  public GarbageStatus collectGarbage() {
    garbageRuns++;
    return garbageIn(GarbageRun.Phase.MARKING);
  }

  @Override
  public GarbageStatus garbage(boolean wait) {
    return garbageRuns == 0 ? new GarbageStatus(null, 3L << 30, 86_400) : garbageIn(garbageOutcome);
  }

  private GarbageStatus garbageIn(GarbageRun.Phase phase) {
    boolean isDone = phase == GarbageRun.Phase.DONE;
    var freed = new GarbageRun.Freed(1000, 1L << 30, 3, 1, 5L << 20, 2L << 30, 7L << 20, 0);
    var run =
        new GarbageRun(
            garbageRuns,
            "2026-11-21T10:00:00Z",
            61,
            phase,
            1,
            2,
            phase == GarbageRun.Phase.FAILED ? "Cassandra does not answer" : null,
            isDone ? freed : null);
    return new GarbageStatus(run, 3L << 30, 86_400);
  }

  @Override
  public ScrubStatus startScrub() {
    scrubs++;
    return new ScrubStatus(scrub(null), lastScrub(scrubs - 1), null);
  }

  @Override
  public ScrubStatus scrub(boolean wait) {
    return new ScrubStatus(null, lastScrub(scrubs), "2026-12-21T10:00:00Z");
  }

  private @Nullable ScrubReport lastScrub(int number) {
    return number == 0 ? null : scrub("2026-11-21T11:00:00Z");
  }

  /** What was planted is damage in one pack. */
  private ScrubReport scrub(@Nullable String ended) {
    var damage =
        findings.stream()
            .map(found -> new ScrubReport.Damage("pack-00000001.spk", 64, "ab".repeat(32), found))
            .toList();
    return new ScrubReport("2026-11-21T10:00:00Z", ended, 3L << 20, 4L << 20, 50, damage, 0, null);
  }

  @Override
  public ManagedSnapshots snapshots() {
    return snapshots;
  }

  @Override
  public ManagedLinks links() {
    return links;
  }

  @Override
  public ManagedTrash trash() {
    return trash;
  }

  /** Sets a project's snapshot policy. */
  ProjectStatus put(String idOrName, String policy) throws DaemonException {
    var before = project(idOrName);
    var after =
        new ProjectStatus(
            before.id(),
            before.name(),
            before.durability(),
            before.durabilityNow(),
            before.compression(),
            before.ownKey(),
            before.created(),
            before.open(),
            before.txg(),
            before.root(),
            before.bytes(),
            before.inodes(),
            before.dirty(),
            before.quota(),
            policy);
    byName.put(after.name(), after);
    return after;
  }

  /** Takes a project out of the catalogue. */
  ProjectStatus take(String idOrName) throws DaemonException {
    var taken = project(idOrName);
    byName.remove(taken.name());
    return taken;
  }

  /** Puts it back. */
  void put(ProjectStatus project) {
    byName.put(project.name(), project);
  }

  @Override
  public void commit() {}

  @Override
  public void requestHandOver() throws DaemonException {
    if (handOvers++ > 0) {
      throw new DaemonException.Failed("a hand-over is under way already");
    }
  }

  @Override
  public void requestStop() {
    stopRequested.countDown();
  }

  @Override
  public boolean awaitStopRequest(Duration timeout) throws InterruptedException {
    return stopRequested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    closed = true;
  }
}
