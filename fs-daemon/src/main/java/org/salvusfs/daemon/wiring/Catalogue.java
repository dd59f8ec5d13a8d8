package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.ProjectKey;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.QuotaStatus;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.txg.Transactions;
import org.salvusfs.quota.admission.Quota;

/** Creates projects and says how they are. */
final class Catalogue {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int NAME_BYTES_MAX = 255;
  private static final int TOP_MODE = InodeItem.S_IFDIR | 0755;

  private final Stores stores;
  private final Projects projects;
  private final Surroundings surroundings;
  private final Path dataDirectory;
  private volatile List<Project> lastListed = List.of();

  Catalogue(Stores stores, Projects projects, Surroundings surroundings, Path dataDirectory) {
    this.stores = stores;
    this.projects = projects;
    this.surroundings = surroundings;
    this.dataDirectory = dataDirectory;
  }

  /**
   * Creates an empty project that belongs to the owner of the data directory. The name is claimed
   * last, so that what a crash leaves behind is not a project.
   *
   * @param ownKey whether it gets a key of its own
   */
  ProjectStatus create(String name, Durability durability, Compression compression, boolean ownKey)
      throws IOException, DaemonException {
    checkName(name);
    requireFree(name);
    var id = new ProjectId(surroundings.newId());
    long now = surroundings.wallClock().getAsLong();
    var created = Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(now));
    var project = new Project(id, name, durability, compression, created);
    if (ownKey) {
      project = project.withOwnKey();
      makeKey(id);
    }
    var tree = new Tree(id, stores.codec(project), stores.nodes());
    var first = Transactions.create(tree, stores.metadata().nodes(), 0, top(now));
    stores.metadata().heads().create(id, first.root(), 0);
    if (!stores.metadata().projects().create(project)) {
      stores.metadata().projectKeys().destroy(id);
      stores.keys().forget(id.uuid());
      throw taken(name);
    }
    return status(project);
  }

  private void makeKey(ProjectId id) throws IOException {
    var key = ProjectKey.generate(surroundings.random());
    stores.metadata().projectKeys().create(id, stores.keyWrap().wrap(key, id.uuid()));
  }

  private InodeItem top(long now) throws IOException {
    int uid = (Integer) Files.getAttribute(dataDirectory, "unix:uid");
    int gid = (Integer) Files.getAttribute(dataDirectory, "unix:gid");
    return new InodeItem(TOP_MODE, uid, gid, 2, 0, 0, now, now, now, now, 0, Keys.ROOT_INODE);
  }

  /** Refuses what cannot be a project's name. */
  static void checkName(String name) throws DaemonException.Invalid {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    var problem =
        bytes < 1 || bytes > NAME_BYTES_MAX
            ? "has 1 to " + NAME_BYTES_MAX + " bytes, not " + bytes
            : name.indexOf('/') >= 0 || name.indexOf('\0') >= 0
                ? "has no slash and no NUL"
                : name.equals(".") || name.equals("..") || ID.matcher(name).matches()
                    ? "is not \".\", \"..\" or of the form of an id"
                    : "";
    if (!problem.isEmpty()) {
      throw new DaemonException.Invalid("a project's name " + problem);
    }
  }

  /** Refuses a name that another project has, also one in the trash. */
  void requireFree(String name) throws IOException, DaemonException {
    Project present = stores.metadata().projects().find(name);
    if (present == null) {
      return;
    }
    if (present.isLive()) {
      throw taken(name);
    }
    throw new DaemonException.NameTaken(
        "a project named \"%s\" is in the trash; undelete or purge it, or take another name"
            .formatted(name));
  }

  static DaemonException taken(String name) {
    return new DaemonException.NameTaken("there is a project named \"" + name + "\" already");
  }

  /** By id or name. */
  Project find(String idOrName) throws IOException, DaemonException {
    Project found = findAny(idOrName);
    if (!found.isLive()) {
      throw new DaemonException.UnknownProject(
          "project \"%s\" is in the trash; ./salvus project list --deleted shows what is"
              .formatted(idOrName));
    }
    return found;
  }

  /** The same, also if it is in the trash; if it is being purged, by id alone. */
  Project findAny(String idOrName) throws IOException, DaemonException {
    @Nullable Project found =
        ID.matcher(idOrName).matches()
            ? stores.metadata().projects().find(ProjectId.parse(idOrName))
            : stores.metadata().projects().find(idOrName);
    if (found == null) {
      throw new DaemonException.UnknownProject(
          "there is no project \"" + idOrName + "\"; ./salvus project list shows all");
    }
    return found;
  }

  /** All projects, by name. */
  List<ProjectStatus> all() throws MetadataException {
    lastListed = stores.metadata().projects().list().stream().filter(Project::isLive).toList();
    return lastListed.stream().map(this::status).toList();
  }

  /** The same as of the last time that Cassandra answered; asks it nothing. */
  List<ProjectStatus> lastKnown() {
    return lastListed.stream().map(this::status).toList();
  }

  ProjectStatus status(Project project) {
    Optional<OpenProject> held = projects.ifOpen(project.id());
    Optional<Transactions> open = held.map(OpenProject::transactions);
    Optional<Quota> quota = held.map(OpenProject::quota);
    return new ProjectStatus(
        project.id().toString(),
        project.name(),
        word(project.durability()),
        held.map(OpenProject::durability).map(Catalogue::word).orElse(null),
        word(project.compression()),
        project.ownKey(),
        project.created().toString(),
        open.isPresent(),
        open.map(Transactions::committedTxg).orElse(null),
        open.map(Catalogue::root).orElse(null),
        open.map(txgs -> txgs.usage().bytes()).orElse(null),
        open.map(txgs -> txgs.usage().inodes()).orElse(null),
        open.map(Transactions::isDirty).orElse(null),
        quota(
            quota.map(Quota::limits).orElse(project.limits()),
            quota.isPresent() ? quota.get().overSoftSince() : project.overSoftSince()),
        project.snapshotPolicy().isEmpty() ? null : project.snapshotPolicy());
  }

  private static String word(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT);
  }

  private static QuotaStatus quota(Limits limits, @Nullable Instant overSoftSince) {
    return new QuotaStatus(
        known(limits.hardBytes()),
        known(limits.softBytes()),
        limits.grace().toSeconds(),
        overSoftSince == null ? null : overSoftSince.toString(),
        known(limits.inodes()),
        limits.reserveBytes());
  }

  private static @Nullable Long known(long limit) {
    return limit == Limits.UNLIMITED ? null : limit;
  }

  private static String root(Transactions transactions) {
    try (var pin = transactions.pinRoot()) {
      return pin.root().toString();
    }
  }
}
