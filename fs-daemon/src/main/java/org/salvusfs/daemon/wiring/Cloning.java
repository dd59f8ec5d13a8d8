package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.tree.Tree;

/** Makes projects that begin as others are or were. Thread-safe. */
final class Cloning {
  /** How the names of snapshots begin that are there only while a clone of the present is made. */
  private static final String PASSING = "for-clone-";

  /** A snapshot by its project and name. */
  private record Passing(ProjectId project, String name) {}

  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Surroundings surroundings;

  /** Those that somebody is about to make, or to delete again. */
  private final Set<Passing> inUse = ConcurrentHashMap.newKeySet();

  Cloning(Stores stores, Projects projects, Catalogue catalogue, Surroundings surroundings) {
    this.stores = stores;
    this.projects = projects;
    this.catalogue = catalogue;
    this.surroundings = surroundings;
  }

  /** A clone is kept as its origin is. */
  Project of(Project origin, Snapshot snapshot, String name) throws IOException, DaemonException {
    requireSharedKey(origin);
    requireFree(name);
    var id = new ProjectId(surroundings.newId());
    var tree = new Tree(id, stores.blocks().codec(), stores.nodes());
    var created =
        Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(surroundings.wallClock().getAsLong()));
    var clone = new Project(id, name, origin.durability(), origin.compression(), created);
    var maker = projects.held(origin).fence().incarnation();
    return switch (stores.clones().create(snapshot, tree, clone, maker)) {
      case CREATED -> clone;
      case NAME_TAKEN -> throw Catalogue.taken(name);
      case SNAPSHOT_GONE ->
          throw new DaemonException.UnknownSnapshot(
              "snapshot \"%s\" was deleted meanwhile".formatted(snapshot.name()));
    };
  }

  /**
   * Through a snapshot that nobody sees afterwards, and whose row keeps the clone's nodes.
   *
   * @param moment a free word
   */
  Project ofPresent(Project origin, String moment, String name)
      throws IOException, DaemonException {
    requireSharedKey(origin);
    requireFree(name);
    var passing = new Passing(origin.id(), PASSING + moment);
    inUse.add(passing);
    try {
      return ofPresent(origin, passing, name);
    } finally {
      inUse.remove(passing);
    }
  }

  private Project ofPresent(Project origin, Passing passing, String name)
      throws IOException, DaemonException {
    var snapshots = projects.held(origin).transactions().snapshots();
    var now =
        Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(surroundings.wallClock().getAsLong()));
    Optional<Snapshot> kept =
        snapshots.create(passing.name(), Snapshot.Kind.AUTO, "for the clone " + name, now);
    if (kept.isEmpty()) {
      throw new DaemonException.NameTaken(
          "a snapshot named \"%s\" is in the way; try again".formatted(passing.name()));
    }
    try {
      return of(origin, kept.get(), name);
    } finally {
      stores.metadata().snapshots().delete(origin.id(), kept.get().created());
    }
  }

  /** Whether a snapshot was made for a clone by a daemon that was killed over it. */
  boolean isLeftBehind(Snapshot snapshot) {
    return snapshot.kind() == Snapshot.Kind.AUTO
        && snapshot.name().startsWith(PASSING)
        && !inUse.contains(new Passing(snapshot.project(), snapshot.name()));
  }

  /** A clone would need its origin's key, and keep what a purge of the origin is to shred. */
  private static void requireSharedKey(Project origin) throws DaemonException {
    if (origin.ownKey()) {
      throw new DaemonException.Invalid(
          "project %s has a key of its own, so nothing of it can be shared with a clone; create a project and copy what it needs"
              .formatted(origin.name()));
    }
  }

  private void requireFree(String name) throws IOException, DaemonException {
    Catalogue.checkName(name);
    catalogue.requireFree(name);
  }
}
