package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FileDifference;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.SnapshotStatus;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.snapshot.SnapshotDiff;
import org.salvusfs.quota.retention.Retention;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and deletes the snapshots of the projects that this daemon holds or can hold, and has the
 * kernel forget what it keeps of them. Thread-safe.
 */
final class Snapshots implements ManagedSnapshots {
  private static final Logger log = LoggerFactory.getLogger(Snapshots.class);

  /** Names that the time gives; like ISO 8601, but without colons, which some programs dislike. */
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** For the second one within a second. */
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** What takes a project's own policy away. */
  private static final String DEFAULT_POLICY = "default";

  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Surroundings surroundings;
  private final Cloning cloning;
  private final Daemon.Mounted mounted;
  private final AutomaticSnapshots automatic;
  private final SnapshotSpaces spaces;
  private final Function<OpenProject, SnapshotSpaces.Home> spaceOf;

  Snapshots(
      Daemon.Parts parts,
      Daemon.Mounted mounted,
      AutomaticSnapshots automatic,
      SnapshotSpaces spaces,
      Function<OpenProject, SnapshotSpaces.Home> spaceOf) {
    this.stores = parts.stores();
    this.projects = parts.projects();
    this.catalogue = parts.catalogue();
    this.surroundings = parts.surroundings();
    this.cloning = new Cloning(stores, projects, catalogue, surroundings);
    this.mounted = mounted;
    this.automatic = automatic;
    this.spaces = spaces;
    this.spaceOf = spaceOf;
  }

  private SnapshotStore store() {
    return stores.metadata().snapshots();
  }

  @Override
  public SnapshotStatus create(String project, Optional<String> name, String comment)
      throws DaemonException {
    try {
      Project found = catalogue.find(project);
      if (name.isPresent()) {
        return status(keep(found, checked(name.get()), comment));
      }
      Instant now = now();
      var usual = SECONDS.format(now);
      boolean isTaken = store().find(found.id(), usual) != null;
      return status(keep(found, isTaken ? MILLIS.format(now) : usual, comment));
    } catch (IOException e) {
      throw Explain.request("making a snapshot of project " + project, e);
    }
  }

  private Instant now() {
    return Instant.ofEpochMilli(
        TimeUnit.NANOSECONDS.toMillis(surroundings.wallClock().getAsLong()));
  }

  private static String checked(String name) throws DaemonException.Invalid {
    if (!Snapshot.isValidName(name)) {
      throw new DaemonException.Invalid(
          "a snapshot's name has 1 to %d bytes, no slash and no NUL, and is not \".\" or \"..\""
              .formatted(Snapshot.NAME_BYTES_MAX));
    }
    return name;
  }

  private Snapshot keep(Project project, String name, String comment)
      throws IOException, DaemonException {
    requireRoom(projects.held(project));
    return make(project, name, comment);
  }

  /** One that goes soon, and so is made however much the others hold. */
  void createPassing(Project project, String name, String comment)
      throws IOException, DaemonException {
    make(project, name, comment);
  }

  private Snapshot make(Project project, String name, String comment)
      throws IOException, DaemonException {
    Optional<Snapshot> made =
        projects
            .held(project)
            .transactions()
            .snapshots()
            .create(name, Snapshot.Kind.MANUAL, comment, now());
    if (made.isEmpty()) {
      throw taken(project, name);
    }
    changed(mounted.fileSystem().snapshotDirectories(project.id()), name);
    return made.get();
  }

  /** Counts before it refuses: somebody may have made room. */
  private void requireRoom(OpenProject held) throws IOException, DaemonException {
    if (spaces.boundBytes(held.quota().limits()) == Limits.UNLIMITED) {
      return;
    }
    held.transactions().commit();
    SnapshotSpaces.Home home = spaceOf.apply(held);
    spaces.lookAt(home);
    Optional<String> refusal = spaces.refusal(home.id());
    if (refusal.isPresent()) {
      throw new DaemonException.Full(refusal.get());
    }
  }

  private static DaemonException taken(Project project, String name) {
    return new DaemonException.NameTaken(
        "project %s has a snapshot named \"%s\" already".formatted(project.name(), name));
  }

  /** Has the kernel forget what it keeps of a name in {@code .snapshots} directories. */
  private void changed(List<Long> directories, String name) {
    changed(mounted, directories, name);
  }

  /** Likewise. */
  static void changed(Daemon.Mounted mounted, List<Long> directories, String name) {
    for (long directory : directories) {
      mounted.mount().invalidateEntry(directory, name.getBytes(UTF_8));
      mounted.mount().invalidateNode(directory, 0, 0);
    }
  }

  private Snapshot find(Project project, String name) throws IOException, DaemonException {
    Snapshot found = store().find(project.id(), name);
    if (found == null) {
      throw unknown(project, name);
    }
    return found;
  }

  static DaemonException unknown(Project project, String name) {
    return new DaemonException.UnknownSnapshot(
        "project %s has no snapshot \"%s\"; ./salvus snapshot list %s shows all"
            .formatted(project.name(), name, project.name()));
  }

  @Override
  public List<SnapshotStatus> list(String project) throws DaemonException {
    try {
      return store().list(catalogue.find(project).id()).stream().map(Snapshots::status).toList();
    } catch (IOException e) {
      throw Explain.request("listing the snapshots of project " + project, e);
    }
  }

  @Override
  public SnapshotStatus show(String project, String snapshot) throws DaemonException {
    try {
      return status(find(catalogue.find(project), snapshot));
    } catch (IOException e) {
      throw Explain.request("looking up snapshot " + snapshot, e);
    }
  }

  @Override
  public List<FileDifference> diff(String project, String earlier, Optional<String> later)
      throws DaemonException {
    try {
      Project found = catalogue.find(project);
      OpenProject held = projects.held(found);
      BlockId before = find(found, earlier).root();
      if (later.isPresent()) {
        return differences(held, before, find(found, later.get()).root());
      }
      held.transactions().commit();
      try (var now = held.transactions().pinRoot()) {
        return differences(held, before, now.root());
      }
    } catch (IOException e) {
      throw Explain.request("comparing states of project " + project, e);
    }
  }

  private static List<FileDifference> differences(OpenProject held, BlockId before, BlockId after)
      throws IOException {
    return new SnapshotDiff(held.tree())
        .between(before, after, SnapshotDiff.NamesWanted.ALL).stream()
            .map(
                change ->
                    new FileDifference(
                        change.kind().name().toLowerCase(Locale.ROOT),
                        change.inode(),
                        change.pathBefore(),
                        change.pathAfter(),
                        change.sizeBefore(),
                        change.sizeAfter(),
                        change.bytesWritten()))
            .toList();
  }

  @Override
  public void delete(String project, String snapshot) throws DaemonException {
    try {
      Project found = catalogue.find(project);
      // Its holder alone can tell the kernel that shows it.
      OpenProject held = projects.held(found);
      Snapshot deleted = find(found, snapshot);
      switch (store().delete(found.id(), deleted.created())) {
        case DELETING -> {
          changed(mounted.fileSystem().leave(found.id(), deleted.created()), deleted.name());
          freed(held);
        }
        case HELD ->
            throw new DaemonException.Held(
                "snapshot \"%s\" is held (%s); release it first"
                    .formatted(snapshot, String.join(", ", find(found, snapshot).holds())));
        case UNKNOWN -> throw unknown(found, snapshot);
      }
    } catch (IOException e) {
      throw Explain.request("deleting snapshot " + snapshot, e);
    }
  }

  /** Its space may be needed; what cannot be freed or counted now is so later. */
  private void freed(OpenProject held) {
    var id = held.fence().project();
    if (spaces.refusal(id).isPresent()) {
      try {
        spaces.lookAt(spaceOf.apply(held));
        return;
      } catch (IOException e) {
        log.warn("what is left of project {} is not counted yet: {}", id, e.getMessage());
      }
    }
    spaces.forget(id);
    projects.sweep(id);
  }

  @Override
  public SnapshotStatus hold(String project, String snapshot, String tag) throws DaemonException {
    try {
      Project found = catalogue.find(project);
      Snapshot held = find(found, snapshot);
      if (tag.isBlank()) {
        throw new DaemonException.Invalid("the tag of a hold is not empty");
      }
      store().hold(found.id(), held.created(), tag);
      return status(find(found, snapshot));
    } catch (IOException e) {
      throw Explain.request("holding snapshot " + snapshot, e);
    }
  }

  @Override
  public SnapshotStatus release(String project, String snapshot, String tag)
      throws DaemonException {
    try {
      Project found = catalogue.find(project);
      Snapshot held = find(found, snapshot);
      if (!store().release(found.id(), held.created(), tag)) {
        throw new DaemonException.Invalid(
            "snapshot \"%s\" has no hold \"%s\"".formatted(snapshot, tag));
      }
      spaces.forget(found.id());
      return status(find(found, snapshot));
    } catch (IOException e) {
      throw Explain.request("releasing snapshot " + snapshot, e);
    }
  }

  @Override
  public SnapshotStatus rollback(String project, String snapshot) throws DaemonException {
    try {
      Project found = catalogue.find(project);
      Snapshot target = find(found, snapshot);
      Instant now = now();
      Snapshot before =
          new RollingBack(projects, mounted)
              .to(found, target, "before-rollback-" + MILLIS.format(now), now);
      changed(mounted.fileSystem().snapshotDirectories(found.id()), before.name());
      return status(before);
    } catch (IOException e) {
      throw Explain.request("rolling back project " + project, e);
    }
  }

  @Override
  public SnapshotStatus restore(String project, String snapshot, String path, Optional<String> to)
      throws DaemonException {
    try {
      Project found = catalogue.find(project);
      Snapshot from = find(found, snapshot);
      Instant now = now();
      Snapshot before =
          new Restoring(projects, surroundings, mounted)
              .to(found, from, path, to.orElse(path), "before-restore-" + MILLIS.format(now), now);
      changed(mounted.fileSystem().snapshotDirectories(found.id()), before.name());
      return status(before);
    } catch (IOException e) {
      throw Explain.request("restoring " + path, e);
    }
  }

  @Override
  public ProjectStatus setPolicy(String project, String policy) throws DaemonException {
    try {
      Project found = catalogue.find(project);
      String text = policy.equals(DEFAULT_POLICY) ? "" : Retention.parse(policy).text();
      stores.metadata().projects().setSnapshotPolicy(found.id(), text);
      automatic.forget(found.id());
      return catalogue.status(catalogue.find(found.id().toString()));
    } catch (IllegalArgumentException e) {
      throw new DaemonException.Invalid(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Explain.request("setting the snapshot policy of project " + project, e);
    }
  }

  /**
   * A project that is open here, for its automatic snapshots.
   *
   * @param isFull whether none is to be made, because they hold more than they may
   */
  static AutomaticSnapshots.Home home(
      OpenProject open,
      SnapshotStore store,
      Projects projects,
      Daemon.Mounted mounted,
      BooleanSupplier isFull) {
    return new AutomaticHome(open, store, projects, mounted, isFull);
  }

  private record AutomaticHome(
      OpenProject open,
      SnapshotStore store,
      Projects projects,
      Daemon.Mounted mounted,
      BooleanSupplier isFull)
      implements AutomaticSnapshots.Home {
    @Override
    public ProjectId id() {
      return open.fence().project();
    }

    @Override
    public boolean isDirty() {
      return open.transactions().isDirty();
    }

    @Override
    public BlockId root() {
      try (var pin = open.transactions().pinRoot()) {
        return pin.root();
      }
    }

    @Override
    public List<Snapshot> list() throws IOException {
      return store.list(id());
    }

    @Override
    public Optional<Snapshot> make(Instant now) throws IOException {
      if (isFull.getAsBoolean()) {
        return Optional.empty();
      }
      var snapshots = open.transactions().snapshots();
      Optional<Snapshot> made = snapshots.create(SECONDS.format(now), Snapshot.Kind.AUTO, "", now);
      if (made.isEmpty()) {
        made = snapshots.create(MILLIS.format(now), Snapshot.Kind.AUTO, "", now);
      }
      made.ifPresent(
          each -> changed(mounted, mounted.fileSystem().snapshotDirectories(id()), each.name()));
      return made;
    }

    @Override
    public void delete(Snapshot snapshot) throws IOException {
      if (store.delete(id(), snapshot.created()) == SnapshotStore.Deletion.DELETING) {
        changed(mounted, mounted.fileSystem().leave(id(), snapshot.created()), snapshot.name());
        projects.sweep(id());
      }
    }
  }

  @Override
  public ProjectStatus cloneProject(String project, Optional<String> snapshot, String name)
      throws DaemonException {
    try {
      Project origin = catalogue.find(project);
      Project made =
          snapshot.isPresent()
              ? cloning.of(origin, find(origin, snapshot.get()), name)
              : cloning.ofPresent(origin, name);
      return catalogue.status(made);
    } catch (IOException e) {
      throw Explain.request("cloning project " + project, e);
    }
  }

  private static SnapshotStatus status(Snapshot snapshot) {
    return new SnapshotStatus(
        snapshot.project().toString(),
        snapshot.name(),
        snapshot.created().toString(),
        snapshot.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        snapshot.comment(),
        snapshot.txg(),
        snapshot.root().toString(),
        snapshot.bytes(),
        snapshot.inodes(),
        snapshot.holds().stream().sorted().toList());
  }
}
