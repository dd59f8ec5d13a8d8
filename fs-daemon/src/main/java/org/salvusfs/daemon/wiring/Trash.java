package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DeletedProject;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.PurgedProject;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Project.State;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.snapshot.Purge;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes projects, brings them back, and removes them for good, on request or when their time is
 * over. What a deletion or a purge left undone when it was broken off, {@link #goOn} finishes.
 * Thread-safe; one change at a time.
 */
final class Trash implements ManagedTrash {
  private static final Logger log = LoggerFactory.getLogger(Trash.class);

  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Surroundings surroundings;
  private final Daemon.Mounted mounted;
  private final Duration grace;

  /** Held while a project is deleted, brought back or purged. */
  private final ReentrantLock changing = new ReentrantLock();

  /** Whose purge was refused since this daemon began, and whoever reads its log was told. */
  private final Set<ProjectId> refused = ConcurrentHashMap.newKeySet();

  Trash(Daemon.Parts parts, Daemon.Mounted mounted) {
    this.stores = parts.stores();
    this.projects = parts.projects();
    this.catalogue = parts.catalogue();
    this.surroundings = parts.surroundings();
    this.mounted = mounted;
    this.grace = parts.config().keeping().trashGrace();
  }

  private ProjectStore store() {
    return stores.metadata().projects();
  }

  private Instant now() {
    return Instant.ofEpochMilli(
        TimeUnit.NANOSECONDS.toMillis(surroundings.wallClock().getAsLong()));
  }

  /** A change under the lock, with its failures in words. */
  @FunctionalInterface
  private interface Change<T> {
    T run() throws IOException, DaemonException, InterruptedException;
  }

  private <T> T change(String what, Change<T> change) throws DaemonException {
    changing.lock();
    try {
      return change.run();
    } catch (IOException e) {
      throw Explain.request(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed(what + " was interrupted; repeat it", e);
    } finally {
      changing.unlock();
    }
  }

  @Override
  public List<DeletedProject> list() throws DaemonException {
    try {
      var all = new ArrayList<Project>();
      store().list().stream().filter(project -> !project.isLive()).forEach(all::add);
      all.addAll(store().purging());
      return all.stream().map(this::status).toList();
    } catch (IOException e) {
      throw Explain.request("listing the trash", e);
    }
  }

  private DeletedProject status(Project project) {
    Instant deleted = deletedAt(project);
    Duration left = Duration.between(now(), deleted.plus(grace));
    return new DeletedProject(
        project.id().toString(),
        project.name(),
        project.state().name().toLowerCase(Locale.ROOT),
        deleted.toString(),
        Math.max(0, left.toSeconds()));
  }

  private static Instant deletedAt(Project project) {
    return Objects.requireNonNull(project.deletedAt(), "deleted, but not since when");
  }

  @Override
  public DeletedProject delete(String idOrName) throws DaemonException {
    return change("deleting project " + idOrName, () -> status(deleted(idOrName)));
  }

  private Project deleted(String idOrName)
      throws IOException, DaemonException, InterruptedException {
    Project project = catalogue.findAny(idOrName);
    if (!project.isLive()) {
      if (projects.ifOpen(project.id()).isEmpty()) {
        throw new DaemonException.Invalid(
            "project %s is in the trash already".formatted(project.name()));
      }
      leave(project); // an earlier attempt did not come that far
      return project;
    }
    projects.held(project); // its holder alone can take it from those who use it
    Instant now = now();
    if (!store().move(project.id(), State.LIVE, State.DELETED, now)) {
      throw new DaemonException.Invalid(
          "project %s was deleted meanwhile".formatted(project.name()));
    }
    leave(project);
    note(project, now, "project-deleted", "purged after " + grace.toDays() + " days");
    return project.withState(State.DELETED, now);
  }

  /** Nobody sees it here any more, and everything of it is committed. */
  private void leave(Project project) throws IOException, InterruptedException {
    List<Long> nodes = mounted.fileSystem().leave(project.id());
    for (String name : List.of(project.name(), project.id().toString())) {
      mounted.mount().invalidateEntry(FileSystem.ROOT, name.getBytes(UTF_8));
    }
    nodes.forEach(node -> mounted.mount().invalidateNode(node, 0, 0));
    projects.close(project.id());
  }

  private void note(Project project, Instant at, String kind, String detail)
      throws MetadataException {
    stores.metadata().events().add(new Event(project.id(), at, kind, detail));
  }

  @Override
  public ProjectStatus undelete(String idOrName) throws DaemonException {
    return change("bringing back project " + idOrName, () -> broughtBack(idOrName));
  }

  private ProjectStatus broughtBack(String idOrName)
      throws IOException, DaemonException, InterruptedException {
    Project project = catalogue.findAny(idOrName);
    switch (project.state()) {
      case LIVE ->
          throw new DaemonException.Invalid("project %s is not deleted".formatted(project.name()));
      case PURGING -> throw isPurging(project);
      case DELETED -> {
        if (projects.ifOpen(project.id()).isPresent()) {
          leave(project);
        }
        if (!store().move(project.id(), State.DELETED, State.LIVE, null)) {
          throw isPurging(project);
        }
      }
    }
    note(project, now(), "project-undeleted", "it was deleted at " + deletedAt(project));
    return catalogue.status(catalogue.find(project.id().toString()));
  }

  private static DaemonException isPurging(Project project) {
    return new DaemonException.Invalid(
        "project %s is being purged, and cannot be brought back".formatted(project.name()));
  }

  @Override
  public PurgedProject purge(String idOrName, boolean force) throws DaemonException {
    return change(
        "purging project " + idOrName,
        () -> {
          Project project = catalogue.findAny(idOrName);
          boolean isKept = purged(project, force) == Purge.Outcome.KEPT_FOR_CLONES;
          return new PurgedProject(project.id().toString(), project.name(), isKept);
        });
  }

  private Purge.Outcome purged(Project project, boolean force)
      throws IOException, DaemonException, InterruptedException {
    if (project.isLive()) {
      throw new DaemonException.Invalid(
          "project %s is not in the trash; ./salvus project delete puts it there"
              .formatted(project.name()));
    }
    if (project.state() == State.DELETED) {
      if (!force) {
        requireUnheld(project);
      }
      if (projects.ifOpen(project.id()).isPresent()) {
        leave(project);
      }
    }
    return purge(project);
  }

  private void requireUnheld(Project project) throws IOException, DaemonException {
    List<String> held =
        stores.metadata().snapshots().list(project.id()).stream()
            .filter(snapshot -> !snapshot.holds().isEmpty())
            .map(Trash::withHolds)
            .toList();
    if (!held.isEmpty()) {
      throw new DaemonException.Held(
          "somebody holds snapshots of project %s: %s; --force purges it nevertheless"
              .formatted(project.name(), String.join(", ", held)));
    }
  }

  private static String withHolds(Snapshot snapshot) {
    return snapshot.name() + " (" + String.join(", ", snapshot.holds()) + ")";
  }

  private Purge.Outcome purge(Project project) throws IOException, DaemonException {
    var metadata = stores.metadata();
    boolean hasHead = metadata.heads().read(project.id()) != null;
    @Nullable Fence fence = hasHead ? projects.acquireDeleted(project) : null;
    try {
      if (project.state() == State.DELETED
          && !store().move(project.id(), State.DELETED, State.PURGING, project.deletedAt())) {
        throw new DaemonException.Invalid(
            "project %s was brought back meanwhile".formatted(project.name()));
      }
      stores.clones().forgetStrays(project.id());
      if (project.ownKey()) {
        fetchKey(project);
      }
      var codec = stores.blocks().codec();
      var tree = new Tree(project.id(), codec, new StoredNodes(metadata.nodes(), codec));
      var today = LocalDate.ofInstant(now(), ZoneOffset.UTC);
      var outcome = purging().run(project, fence, tree, today);
      log.info("project {} ({}) is purged: {}", project.name(), project.id(), outcome);
      return outcome;
    } finally {
      stores.keys().forget(project.id().uuid());
      if (fence != null) {
        projects.giveBack(fence);
      }
    }
  }

  /** The purge destroys the stored key first, and walks the trees with the one in memory. */
  private void fetchKey(Project project) throws IOException {
    try {
      if (!stores.keys().holds(project.id().uuid())) {
        log.info("the key of project {} is destroyed already", project.id());
      }
    } catch (BlockStoreException.Corrupt e) {
      log.warn("the trees of project {} cannot be walked: {}", project.id(), e.getMessage());
    }
  }

  private Purge purging() {
    var metadata = stores.metadata();
    return new Purge(
        metadata.snapshots(),
        metadata.nodes(),
        metadata.heads(),
        metadata.projects(),
        metadata.events(),
        metadata.projectKeys());
  }

  /**
   * Finishes what was broken off, and purges what has been in the trash for long enough. What fails
   * is left to the next time.
   */
  void goOn() {
    List<Project> waiting;
    try {
      waiting =
          Stream.concat(
                  store().list().stream().filter(project -> !project.isLive()),
                  store().purging().stream())
              .toList();
    } catch (IOException e) {
      log.warn("the trash waits: {}", e.getMessage());
      return;
    }
    for (Project project : waiting) {
      try {
        change("going on with project " + project.name(), () -> goneOnWith(project));
      } catch (DaemonException.Held e) {
        if (refused.add(project.id())) {
          log.warn("{}", e.getMessage());
        }
      } catch (DaemonException e) {
        log.warn("{}", e.getMessage());
      }
    }
  }

  private boolean goneOnWith(Project project)
      throws IOException, DaemonException, InterruptedException {
    if (project.state() == State.DELETED) {
      if (projects.ifOpen(project.id()).isPresent()) {
        leave(project);
      }
      if (deletedAt(project).plus(grace).isAfter(now())) {
        return false;
      }
    } else {
      stores.clones().forgetStrays(project.id());
      if (purging().waitsForClones(project.id())) {
        return false;
      }
    }
    purged(project, false);
    return true;
  }
}
